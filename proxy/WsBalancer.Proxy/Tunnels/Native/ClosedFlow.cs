namespace WsBalancer.Proxy.Tunnels.Native;

/// <summary>
/// The native path of a tunnel whose client was lost while the tunnel was opened: both connections are closed, so
/// nothing is relayed and no peer can be notified.
/// </summary>
internal sealed class ClosedFlow : ITunnelFlow, ITunnelLeg
{
    public static readonly ClosedFlow Instance = new();

    private ClosedFlow()
    {
    }

    public TunnelPath Path => TunnelPath.Native;

    public ITunnelLeg Client => this;

    public ITunnelLeg Node => this;

    public bool CloseWritten => false;

    public int? CloseCode => null;

    public bool BoundariesUnknown => false;

    public long Buffered => 0;

    public bool PausesOther => false;

    public TimeSpan SendStalledFor => TimeSpan.Zero;

    public bool HasPeerEnded => true;

    public Task SendCloseAsync(byte[] closeFrame) => Task.CompletedTask;

    public bool ShutdownOutput() => false;

    public void Discard()
    {
        // Both connections are closed.
    }

    public void Run(Action<Tunnel> action)
    {
        // The tunnel is over.
    }

    public void Abort()
    {
        // Both connections are closed already.
    }
}
