using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels;

public sealed class BufferGuardTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly BalancerRegistry _metrics = new(TimeProvider.System);
    private readonly TunnelRegistry _tunnels;
    private readonly BufferGuard _guard;

    public BufferGuardTests()
    {
        _tunnels = new TunnelRegistry(new TunnelMetrics(_metrics));
        var options = new SocketsOptions { MaxBuffered = 32 * Megabyte };
        _guard = new BufferGuard(_tunnels, options, store: null, NullLogger<BufferGuard>.Instance);
    }

    [Fact]
    public void Guard_BelowSevenEighthsOfTheBound_ResetsNone()
    {
        var flows = Enumerable.Range(0, 27).Select(_ => Open(Megabyte)).ToList();

        _guard.Relieve();

        Assert.DoesNotContain(flows, static flow => flow.IsReset);
    }

    [Fact]
    public void Guard_AtSevenEighthsOfTheBound_ResetsThoseThatBufferMost_UntilThreeQuartersAreUsed()
    {
        var small = Enumerable.Range(1, 16).Select(_ => Open(Megabyte)).ToList();
        var large = new[] { Open(3 * Megabyte), Open(5 * Megabyte), Open(4 * Megabyte) };
        var none = Open(0);

        // 28 MB are used, of which 4 MB must be freed.
        _guard.Relieve();

        Assert.Equal([false, true, false], large.Select(static flow => flow.IsReset));
        Assert.DoesNotContain([none, .. small], static flow => flow.IsReset);
        Assert.Equal(TunnelEnd.Memory, large[1].Tunnel.EndReason);
    }

    public void Dispose() => _metrics.Dispose();

    private HeldFlow Open(long buffered)
    {
        var node = new NodeKey("chat", "ws-1");
        var identity = new TunnelIdentity(_tunnels.NextId(), node, "alice", "HTTP/1.1");
        var terms = new TunnelTerms(identity, new TunnelOptions(), _tunnels.LedgerOf(node), TimeProvider.System);
        var flow = new HeldFlow(terms, buffered);
        _tunnels.Add(flow.Tunnel);
        return flow;
    }

    private sealed class HeldFlow : ITunnelFlow, ITunnelLeg
    {
        private int _abandoned;
        private bool _isCut;

        public HeldFlow(TunnelTerms terms, long buffered)
        {
            Tunnel = new Tunnel(terms, this);
            Buffered = buffered / 2;
        }

        public Tunnel Tunnel { get; }

        public bool IsReset => _isCut && _abandoned == 2;

        public TunnelPath Path => TunnelPath.Portable;

        public ITunnelLeg Client => this;

        public ITunnelLeg Node => this;

        public bool CloseWritten => false;

        public int? CloseCode => null;

        public bool BoundariesUnknown => false;

        public long Buffered { get; }

        public bool PausesOther => false;

        public TimeSpan SendStalledFor => TimeSpan.Zero;

        public bool HasPeerEnded => false;

        public Task SendCloseAsync(byte[] closeFrame) => Task.CompletedTask;

        public bool ShutdownOutput() => false;

        public void Discard() => _abandoned++;

        public void Run(Action<Tunnel> action) => action(Tunnel);

        public void Abort() => _isCut = true;
    }
}
