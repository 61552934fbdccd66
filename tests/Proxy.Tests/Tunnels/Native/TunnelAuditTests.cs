using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

public sealed class TunnelAuditTests : IDisposable
{
    private readonly BalancerRegistry _metrics = new(TimeProvider.System);
    private readonly TunnelRegistry _tunnels;

    public TunnelAuditTests() => _tunnels = new TunnelRegistry(new TunnelMetrics(_metrics));

    [Theory]
    [ClassData<Engines>]
    public async Task Audit_OfARegisteredTunnel_FindsNothing(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        _tunnels.Add(bed.Tunnel);
        using var audit = Create(bed.Loop);

        Assert.Empty(await audit.CompareAsync());
        Assert.Empty(await audit.CompareAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Audit_OfATunnelThatIsNotRegistered_FindsBothSockets(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        using var audit = Create(bed.Loop);

        Assert.Empty(await audit.CompareAsync());
        var found = await audit.CompareAsync();

        Assert.Equal(2, found.Count);
        Assert.All(found, static fault =>
            Assert.EndsWith(" of tunnel t, which is not registered", fault, StringComparison.Ordinal));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Audit_OfATunnelThatWaitsForItsPeersToEnd_FindsNothing(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        bed.Tunnel.Abort(TunnelEnd.Disconnect);
        await bed.UntilOver();
        using var audit = Create(bed.Loop);

        Assert.Empty(await audit.CompareAsync());
        Assert.Empty(await audit.CompareAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Audit_OfARegisteredTunnelWithoutSockets_FindsIt(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        _tunnels.Add(bed.Tunnel);
        await bed.Loop.OnLoop(() => Array.ForEach(bed.Loop.AllSockets(), static socket => socket.Close()));
        using var audit = Create(bed.Loop);

        Assert.Empty(await audit.CompareAsync());
        Assert.Equal(["tunnel t without sockets"], await audit.CompareAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Audit_OfASocketWhoseFailureWasIgnored_FindsIt(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        using var audit = Create(loop);
        pair.ResetPeer();
        await Deadline.Until("its handler is notified", () => pair.Recorder.Errors.Length == 1);

        Assert.Empty(await audit.CompareAsync());
        var found = Assert.Single(await audit.CompareAsync());

        Assert.EndsWith("whose failure nothing has acted on", found, StringComparison.Ordinal);
        await loop.OnLoop(pair.Socket.Close);
        Assert.Empty(await audit.CompareAsync());
    }

    public void Dispose() => _metrics.Dispose();

    private TunnelAudit Create(EventLoop loop) => new(
        _tunnels,
        [loop],
        Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()).CreateGauge("unowned", ""),
        TimeProvider.System,
        NullLogger<TunnelAudit>.Instance);
}
