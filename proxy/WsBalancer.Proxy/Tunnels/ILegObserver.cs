namespace WsBalancer.Proxy.Tunnels;

/// <summary>Receives the events of a <see cref="TunnelLeg"/>.</summary>
internal interface ILegObserver
{
    /// <summary>Bytes of the other peer were written to this leg, and frames that ended in them.</summary>
    public void OnForwarded(long bytes, long frames);

    /// <summary>A Close frame of the other peer will now be written to this leg.</summary>
    public void OnCloseForwarding();

    /// <summary>Bytes of this leg's peer were received.</summary>
    public void Received();

    /// <summary>A complete Close frame of the other peer was received and, if it is forwarded, written.</summary>
    public void OnPeerClosed();

    /// <summary>The leg's peer has ended its output, and all bytes before were read.</summary>
    public void OnPeerEof();

    /// <summary>The connection to the leg's peer is lost.</summary>
    public void OnPeerLost();
}
