namespace WsBalancer.Proxy.Identity;

/// <summary>What becomes of a handshake whose user is not known.</summary>
internal enum OnMissingUserKey
{
    /// <summary>It is answered with 400.</summary>
    Reject,

    /// <summary>It goes to any available node, by weight.</summary>
    Spread,

    /// <summary>It gets an id of its own, in a cookie.</summary>
    Cookie,
}
