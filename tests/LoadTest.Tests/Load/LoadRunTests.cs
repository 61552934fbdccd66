using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using WsBalancer.LoadTest.Load;
using WsBalancer.LoadTest.Report;
using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Tests.Load;

public sealed class LoadRunTests
{
    private static readonly RunSettings Brief = new(
        new Target(new Uri("ws://unset/"), "u"), 4, new Rate(1_000), TimeSpan.FromMilliseconds(200))
    {
        MessageRate = new Rate(500),
        // A limit, not a wait: the phase ends as soon as every echo is received.
        Grace = TimeSpan.FromSeconds(20),
    };

    [Theory]
    [InlineData(false, 47)]
    [InlineData(true, 8)]
    [InlineData(false, 100_000)]
    public async Task RunAsync_AgainstAnEcho_LosesNothingAndIgnoresTheGreeting(bool isBinary, int size)
    {
        await using var server = await TestServer.StartAsync(socket => TestServer.EchoAsync(socket));

        var report = await RunAsync(server.Address, Brief with { IsBinary = isBinary, MessageSize = size });

        Assert.Equal(["u1", "u2", "u3", "u4"], server.Users.Order());
        Assert.Equal((4, 4, 0), (report.Connections.Opened, report.Connections.ClosedAtEnd, report.Errors));
        Assert.Equal((100, 100, 100), (report.Messages.Scheduled, report.Messages.Sent, report.Messages.Echoed));
        Assert.Equal((4, 0, 0), (report.Messages.Other, report.Messages.Foreign, report.Messages.Duplicates));
        Assert.Equal((4, 100), (report.Latency.Connect.Count, report.Latency.Message.Count));
    }

    [Fact]
    public async Task RunAsync_WhenTheServerCloses_CountsTheCodesAndKeepsLostApart()
    {
        var ends = 0;
        await using var server = await TestServer.StartAsync(async socket =>
        {
            await TestServer.ReceiveAsync(socket);
            if (Interlocked.Increment(ref ends) == 1)
            {
                socket.Abort();
                return;
            }

            await socket.CloseOutputAsync((WebSocketCloseStatus)1012, "restart", CancellationToken.None);
            await TestServer.AwaitCloseAsync(socket);
        });

        var found = await RunUntilAsync(
            server.Address, found => found.CloseCodes.Total + found.ConnectionsLost.Value == 4, "all ends");

        Assert.Equal([new(1012, 3)], found.CloseCodes.Snapshot());
        Assert.Equal((1, 0), (found.ConnectionsLost.Value, found.ClosedAtEnd.Value));
    }

    [Fact]
    public async Task RunAsync_WhenNoConnectionIsLeft_CountsWhatIsDueAsUnsent()
    {
        await using var server = await TestServer.StartAsync(
            socket => socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, null, CancellationToken.None));

        var found = await RunUntilAsync(
            server.Address,
            found => found.CloseCodes.Total == 4 && found.MessagesScheduled.Value > found.MessagesSent.Value + 10,
            "messages due after the last close");

        var report = ReportMessages.From(found, TimeSpan.FromSeconds(1));
        Assert.Equal([new(1001, 4)], found.CloseCodes.Snapshot());
        Assert.True(report.Unsent > 10);
        Assert.Equal(report.Scheduled, report.Echoed + report.Lost + report.Unsent);
    }

    [Fact]
    public async Task RunAsync_WhenSomeAreRefused_CountsTheReasonAndMeasuresTheRest()
    {
        await using var server = await TestServer.StartAsync(
            socket => TestServer.EchoAsync(socket), user => user is "u1" or "u3" ? 503 : null);

        var report = await RunAsync(server.Address, Brief);

        Assert.Equal([new("http503", 2)], report.Connections.Failures);
        Assert.Equal((2, 2, 2), (report.Connections.Opened, report.Connections.Failed, report.Latency.Connect.Count));
        Assert.Equal((100, 2), (report.Messages.Echoed, report.Errors));
    }

    [Fact]
    public async Task RunAsync_OfAClosedPort_ReportsRefused()
    {
        using var closed = new Socket(SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var report = await RunAsync(new Uri($"ws://{closed.LocalEndPoint}/"), Brief);

        Assert.Equal([new("refused", 4)], report.Connections.Failures);
    }

    [Fact]
    public async Task RunAsync_WithoutAnAnswer_ReportsTimeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var impatient = Brief with { ConnectTimeout = TimeSpan.FromMilliseconds(100) };
        var report = await RunAsync(new Uri($"ws://{silent.LocalEndpoint}/"), impatient);

        Assert.Equal([new("timeout", 4)], report.Connections.Failures);
    }

    [Fact]
    public async Task RunAsync_WhenEchoesArriveTwiceOrNever_CountsThemWithoutFailing()
    {
        await using var twice = await TestServer.StartAsync(socket => TestServer.EchoAsync(socket, copies: 2));
        await using var never = await TestServer.StartAsync(socket => TestServer.EchoAsync(socket, copies: 0));

        var doubled = await RunAsync(twice.Address, Brief);
        var silent = await RunAsync(never.Address, Brief with { Grace = TimeSpan.FromMilliseconds(200) });

        Assert.Equal((100, 0), (doubled.Messages.Echoed, doubled.Messages.Lost));
        Assert.InRange(doubled.Messages.Duplicates, 90, 100);
        Assert.Equal((0, 100), (silent.Messages.Echoed, silent.Messages.Lost));
    }

    [Fact]
    public async Task RunAsync_WhenTheServerStalls_CountsTheWaitOfEveryMessageBehind()
    {
        // The first echo is held back until half of all messages are due: a generator that waits for its echo would
        // send nothing in that time, and record one slow message instead of a hundred.
        LoadRun? run = null;
        await using var server = await TestServer.StartAsync(async socket =>
        {
            await Eventually.IsTrueAsync(() => run!.Measurements.MessagesScheduled.Value >= 100, "half of them");
            await TestServer.EchoAsync(socket);
        });
        var settings = Brief with
        {
            Target = new Target(server.Address, "u"),
            Connections = 1,
            MessageRate = new Rate(200),
            Hold = TimeSpan.FromSeconds(1),
        };
        run = new LoadRun(settings, TimeProvider.System);

        var report = await ReportAsync(run, settings);

        Assert.Equal(200, report.Latency.Message.Count);
        Assert.True(report.Latency.Message.MaxMs >= 450, $"max {report.Latency.Message.MaxMs} ms");
        Assert.True(report.Latency.Message.P90Ms >= 250, $"p90 {report.Latency.Message.P90Ms} ms");
    }

    [Fact]
    public async Task RunAsync_WhenItsOwnSocketIsBlocked_CountsLatencyFromTheIntendedTime()
    {
        // Messages larger than any socket buffer: later ones cannot even be passed to the socket while the server
        // stalls.
        LoadRun? run = null;
        await using var server = await TestServer.StartAsync(async socket =>
        {
            await Eventually.IsTrueAsync(() => run!.Measurements.MessagesScheduled.Value >= 10, "all messages");
            await TestServer.EchoAsync(socket);
        });
        var settings = Brief with
        {
            Target = new Target(server.Address, "u"),
            Connections = 1,
            MessageRate = new Rate(20),
            MessageSize = ByteSize.Max,
            Hold = TimeSpan.FromSeconds(0.5),
        };
        run = new LoadRun(settings, TimeProvider.System);

        var report = await ReportAsync(run, settings);

        Assert.Equal((10, 10), (report.Messages.Sent, report.Messages.Echoed));
        Assert.True(
            report.Latency.Message.P50Ms > report.Latency.MessageService.P50Ms * 1.5,
            $"latency {report.Latency.Message.P50Ms} ms, service {report.Latency.MessageService.P50Ms} ms");
    }

    [Fact]
    public async Task RunAsync_WhenStopped_StillClosesAndReports()
    {
        await using var server = await TestServer.StartAsync(socket => TestServer.EchoAsync(socket));

        var found = await RunUntilAsync(server.Address, found => found.MessagesEchoed.Value > 5, "some echoes");

        Assert.Equal(4, found.ClosedAtEnd.Value);
        Assert.Equal(found.MessagesSent.Value, found.MessagesEchoed.Value);
    }

    /// <summary>Begins a run without an end, and stops it when the condition is true.</summary>
    private static async Task<Measurements> RunUntilAsync(Uri address, Func<Measurements, bool> fact, string what)
    {
        using var stop = new CancellationTokenSource();
        var run = new LoadRun(
            Brief with { Target = new Target(address, "u"), Hold = TimeSpan.FromHours(1) }, TimeProvider.System);
        var running = run.RunAsync(stop.Token);
        await Eventually.IsTrueAsync(() => fact(run.Measurements), what);

        await stop.CancelAsync();
        await running;
        return run.Measurements;
    }

    private static Task<RunReport> RunAsync(Uri address, RunSettings settings)
    {
        settings = settings with { Target = new Target(address, "u") };
        return ReportAsync(new LoadRun(settings, TimeProvider.System), settings);
    }

    private static async Task<RunReport> ReportAsync(LoadRun run, RunSettings settings)
    {
        await run.RunAsync(TestContext.Current.CancellationToken);
        return RunReport.From(settings, run, TimeProvider.System.GetUtcNow(), run.Held, stopped: false);
    }
}
