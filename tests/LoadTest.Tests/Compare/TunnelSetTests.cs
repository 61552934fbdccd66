using System.Net;
using System.Net.Sockets;
using WsBalancer.LoadTest.Compare;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Tests.Compare;

/// <summary>The load itself, against correct and incorrect servers.</summary>
public sealed class TunnelSetTests
{
    private static readonly CompareSettings Impatient =
        new([]) { MessageSize = 64, PendingTimeout = TimeSpan.FromMilliseconds(200) };

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    // On a busy machine the first echo may take longer than one exchange.
    private const int MostExchanges = 200;

    private readonly CountByKey<string> _failures = new();

    public TunnelSetTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "It waits with epoll.");

    [Theory]
    [InlineData(8, 1)]
    [InlineData(64, 20)]
    [InlineData(300_000, 3)]
    public async Task Exchange_WithAnEchoServer_LosesNothing(int size, int connections)
    {
        await using var echo = new RunningEcho();
        using var tunnels = To(echo.Address, new CompareSettings([]) { MessageSize = size });
        var latency = new LatencyRecorder(TimeProvider.System);

        tunnels.Open(connections);
        var opened = tunnels.Count;
        var echoed = 0L;
        for (var exchange = 0; exchange < MostExchanges && echoed == 0; exchange++)
        {
            echoed = tunnels.Exchange(Short, latency);
            tunnels.Drain();
        }

        var left = tunnels.Count;
        tunnels.Close();

        Assert.Equal((connections, connections, 0), (opened, left, tunnels.Count));
        Assert.InRange(echoed, 1, long.MaxValue);
        Assert.Equal(echoed, latency.Summarize().Count);
        Assert.Empty(_failures.Snapshot());
    }

    [Fact]
    public async Task OpenAndClose_WithAnEchoServer_CountsEveryOne()
    {
        await using var echo = new RunningEcho();
        using var tunnels = To(echo.Address, new CompareSettings([]));

        Assert.Equal(200, tunnels.OpenAndClose(200));
        Assert.Equal(0, tunnels.Count);
        Assert.Empty(_failures.Snapshot());
    }

    [Fact]
    public void Open_OfAClosedPort_CountsRefusals()
    {
        using var tunnels = To(new Uri("ws://127.0.0.1:1/"), Impatient);

        tunnels.Open(3);

        Assert.Equal(0, tunnels.Count);
        Assert.Equal([KeyValuePair.Create("refused", 3L)], _failures.Snapshot());
    }

    [Fact]
    public async Task OpenAndClose_WhereTheyAreRefused_CountsThem()
    {
        await using var server = await TestServer.StartAsync(socket => TestServer.EchoAsync(socket), _ => 503);
        using var tunnels = To(server.Address, Impatient);

        Assert.Equal(0, tunnels.OpenAndClose(2));
        Assert.Equal([KeyValuePair.Create("http503", 2L)], _failures.Snapshot());
        Assert.Equal(["u1", "u2"], server.Users.Order());
    }

    [Fact]
    public void Open_WithoutAnAnswer_TimesOut()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var tunnels = To(new Uri($"ws://{listener.LocalEndpoint}/"), Impatient);

        tunnels.Open(2);

        Assert.Equal([KeyValuePair.Create("timeout", 2L)], _failures.Snapshot());
    }

    [Fact]
    public void Drain_OfMessagesThatNeverArrive_CountsThemAsLost()
    {
        using var silent = new SilentServer();
        using var tunnels = To(silent.Address, Impatient);

        tunnels.Open(2);
        Assert.Equal(0, tunnels.Exchange(Short, new LatencyRecorder(TimeProvider.System)));
        tunnels.Drain();

        Assert.Equal([KeyValuePair.Create("lost", 2L)], _failures.Snapshot());
    }

    [Fact]
    public void Close_WithoutAnAnswer_TimesOut()
    {
        using var silent = new SilentServer();
        using var tunnels = To(silent.Address, Impatient);

        Assert.Equal(0, tunnels.OpenAndClose(2));
        Assert.Equal([KeyValuePair.Create("timeout", 2L)], _failures.Snapshot());
    }

    // A greeting is an unexpected byte: no message was sent.
    [Fact]
    public async Task Idle_WhereBytesArrive_CountsThemAsAltered()
    {
        await using var server = await TestServer.StartAsync(socket => TestServer.EchoAsync(socket));
        using var tunnels = To(server.Address, Impatient);

        tunnels.Open(1);
        await Eventually.IsTrueAsync(
            () =>
            {
                tunnels.Idle(Moment);
                return tunnels.Count == 0;
            },
            "the greeting");

        Assert.Equal([KeyValuePair.Create("altered", 1L)], _failures.Snapshot());
    }

    private TunnelSet To(Uri address, CompareSettings settings) => new(
        new Target(address, "u"),
        new IPEndPoint(IPAddress.Loopback, address.Port),
        settings,
        _failures,
        TimeProvider.System,
        TestContext.Current.CancellationToken);
}
