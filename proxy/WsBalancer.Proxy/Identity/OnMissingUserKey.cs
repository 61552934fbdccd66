namespace WsBalancer.Proxy.Identity;

/// <summary>What becomes of a request whose user is not known.</summary>
internal enum OnMissingUserKey
{
    /// <summary>A handshake is answered with 400; a plain request goes to any available node, by weight.</summary>
    Reject,

    /// <summary>It goes to any available node, by weight.</summary>
    Spread,

    /// <summary>It gets an id of its own, in a cookie, and is placed by it.</summary>
    Cookie,
}
