namespace WsBalancer.LoadTest.Comparing;

/// <summary>The event in a tunnel that a receive caused.</summary>
internal enum TunnelEvent
{
    Nothing,

    /// <summary>The handshake succeeded.</summary>
    Opened,

    /// <summary>The server returned the message unchanged.</summary>
    Echoed,

    /// <summary>The tunnel ended with the closing handshake that this program began.</summary>
    Closed,

    /// <summary>The tunnel failed or ended otherwise; <see cref="Tunnel.Failure"/> is the reason.</summary>
    Broken,
}
