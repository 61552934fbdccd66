namespace WsBalancer.Proxy.Identity;

/// <summary>How a request without a user id is handled.</summary>
internal enum OnMissingUserKey
{
    /// <summary>A handshake is answered with 400; a plain request is sent to any available node, by weight.</summary>
    Reject,

    /// <summary>The request is sent to any available node, by weight.</summary>
    Spread,

    /// <summary>An id is issued in a cookie, and the request is placed by that id.</summary>
    Cookie,
}
