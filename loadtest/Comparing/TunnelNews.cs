namespace WsBalancer.LoadTest.Comparing;

/// <summary>What became of a tunnel by what it received.</summary>
internal enum TunnelNews
{
    Nothing,

    /// <summary>The handshake succeeded.</summary>
    Opened,

    /// <summary>The message came back as it was sent.</summary>
    Echoed,

    /// <summary>It ended with the closing handshake that we began.</summary>
    Closed,

    /// <summary>It failed, or ended otherwise; <see cref="Tunnel.Failure"/> says how.</summary>
    Broken,
}
