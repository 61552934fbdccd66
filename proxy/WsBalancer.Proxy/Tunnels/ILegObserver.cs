namespace WsBalancer.Proxy.Tunnels;

/// <summary>What a <see cref="TunnelLeg"/> notifies its tunnel of.</summary>
internal interface ILegObserver
{
    /// <summary>So much was written to this leg: its bytes, and the frames that ended in them.</summary>
    public void Passed(long bytes, long frames);

    /// <summary>A Close frame of the other peer is about to be written to this leg.</summary>
    public void ClosePasses();

    /// <summary>This leg's peer sent something.</summary>
    public void Received();

    /// <summary>A complete Close frame of the other peer was received and, if it is forwarded, written.</summary>
    public void Closed();

    /// <summary>The leg's peer has ended its output, and all bytes before were read.</summary>
    public void Ended();

    /// <summary>The connection to the leg's peer is lost.</summary>
    public void Lost();
}
