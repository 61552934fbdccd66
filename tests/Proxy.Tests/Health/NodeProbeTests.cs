using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Tests.Health;

public sealed class NodeProbeTests : IAsyncDisposable
{
    private const string Active = ChatSettings.Yarps + "HealthCheck:Active:";

    private readonly TestNode _node = new("ws-1");
    private readonly List<BalancerApp> _apps = [];

    [Fact]
    public async Task OpenPort_Succeeds()
    {
        Assert.Equal(ProbeFinding.Succeeded, (await RunAsync(Settings())).Kind);
        Assert.Empty(_node.Requests);
    }

    [Fact]
    public async Task ClosedPort_Fails()
    {
        _node.Refuse();

        Assert.Equal(ProbeFinding.Failed, (await RunAsync(Settings())).Kind);
        Assert.Equal(ProbeFinding.Failed, (await RunAsync(Settings().With(Active + "Path", "/health"))).Kind);
    }

    [Theory]
    [InlineData(200, "Succeeded")]
    [InlineData(204, "Succeeded")]
    [InlineData(302, "Failed")]
    [InlineData(404, "Failed")]
    [InlineData(500, "Failed")]
    [InlineData(503, "Failed")]
    public async Task HttpAnswer_IsJudgedByItsStatus(int status, string finding)
    {
        _node.OnRequest = request => request.ReplyAsync(status, "");

        var outcome = await RunAsync(Settings().With(Active + "Path", "/health"));

        Assert.Equal((finding, true), (outcome.Kind.ToString(), outcome.IsHttp));
    }

    [Theory]
    [InlineData(503, "X-WsBalancer-State: draining", "Draining")]
    [InlineData(503, "x-wsbalancer-state:  DRAINING ", "Draining")]
    [InlineData(503, "X-WsBalancer-State: active", "Failed")]
    [InlineData(200, "X-WsBalancer-State: draining", "Succeeded")]
    public async Task AnnouncementOfADrain_IsA503WithItsHeader(int status, string header, string finding)
    {
        _node.OnRequest = request => request.ReplyAsync(status, "", header);

        Assert.Equal(finding, (await RunAsync(Settings().With(Active + "Path", "/health"))).Kind.ToString());
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("00:00:03", 3)]
    public async Task NodeThatNeverAnswers_FailsWhenItsTimeIsUp(string? timeout, double seconds)
    {
        _node.OnRequest = request => request.KeepSilentAsync();
        var app = Build(Settings().With(Active + "Path", "/health").With(Active + "Timeout", timeout));
        var probe = RunAsync(app);
        await Deadline.Until("the probe's request", () => _node.Requests.Count == 1);
        app.Time.Advance(TimeSpan.FromSeconds(seconds - 0.01));
        Assert.False(probe.IsCompleted);

        app.Time.Advance(TimeSpan.FromSeconds(0.01));

        var outcome = await probe;
        Assert.Equal(ProbeFinding.Failed, outcome.Kind);
        Assert.Equal($"no answer to a probe within {seconds} s", outcome.Why);
    }

    [Fact]
    public async Task Stop_IsNotAFinding()
    {
        _node.OnRequest = request => request.KeepSilentAsync();
        var app = Build(Settings().With(Active + "Path", "/health"));
        using var stop = new CancellationTokenSource();
        var probe = app.Get<NodeProbe>().RunAsync(app.Chat.Current, app.Node("ws-1"), stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
    }

    [Fact]
    public async Task PathAndQuery_AreYarps()
    {
        var settings = Settings().With(Active + "Path", "/ready").With(Active + "Query", "?deep=yes");
        await RunAsync(settings);

        Assert.StartsWith("GET /ready?deep=yes HTTP/1.1", Assert.Single(_node.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_FollowsThatOfTheAddress()
    {
        await RunAsync(Settings().WithNode("ws-1", _node.Address + "app/").With(Active + "Path", "/ready"));

        Assert.StartsWith("GET /app/ready HTTP/1.1", Assert.Single(_node.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_IsTheDestinationsIfItHasOne()
    {
        await RunAsync(Settings()
            .With(Active + "Path", "/ready")
            .With(ChatSettings.Yarps + "Destinations:ws-1:Host", "chat.example"));

        Assert.Contains("Host: chat.example\r\n", Assert.Single(_node.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HttpVersion_IsTheClusters()
    {
        var outcome = await RunAsync(Settings()
            .With(Active + "Path", "/ready")
            .With(ChatSettings.Yarps + "HttpRequest:Version", "2")
            .With(ChatSettings.Yarps + "HttpRequest:VersionPolicy", "RequestVersionExact"));

        // The preface of an HTTP/2 client with prior knowledge (RFC 9113 §3.4). This node supports only HTTP/1.1.
        Assert.Equal("PRI * HTTP/2.0\r\n\r\n", Assert.Single(_node.Requests));
        Assert.Equal(ProbeFinding.Failed, outcome.Kind);
    }

    [Fact]
    public async Task HealthAddress_IsProbedInsteadOfTheNodes()
    {
        await using var other = new TestNode("health");
        await RunAsync(Settings()
            .With(Active + "Path", "/ready")
            .With(ChatSettings.Yarps + "Destinations:ws-1:Health", other.Address));

        Assert.Empty(_node.Requests);
        Assert.Single(other.Requests);
    }

    [Theory]
    [InlineData("tcp", "/health", 0)]
    [InlineData("http", null, 1)]
    [InlineData("auto", "/health", 1)]
    [InlineData("auto", null, 0)]
    public async Task Probe_SelectsTcpOrHttp(string probe, string? path, int requests)
    {
        await RunAsync(Settings().With(Active + "Path", path).With(ChatSettings.Ours + "Health:Probe", probe));

        Assert.Equal(requests, _node.Requests.Count);
    }

    [Theory]
    [InlineData(null, null, 2)]
    [InlineData("00:00:30", null, 30)]
    [InlineData("00:00:30", "5s", 5)]
    public void Interval_IsOursThenYarpsThenTheDefault(string? yarps, string? ours, double seconds)
    {
        var app = Build(Settings().With(Active + "Interval", yarps).With(ChatSettings.Ours + "Health:Interval", ours));

        Assert.Equal(TimeSpan.FromSeconds(seconds), NodeProbe.IntervalOf(app.Chat.Current));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        await _node.DisposeAsync();
    }

    private static Task<ProbeOutcome> RunAsync(BalancerApp app) => app.Get<NodeProbe>().RunAsync(
        app.Chat.Current, app.Node("ws-1"), TestContext.Current.CancellationToken);

    private Dictionary<string, string?> Settings() => ChatSettings.Of(("ws-1", _node.Address));

    private Task<ProbeOutcome> RunAsync(Dictionary<string, string?> settings) => RunAsync(Build(settings));

    private BalancerApp Build(Dictionary<string, string?> settings)
    {
        var app = BalancerApp.Build(settings);
        _apps.Add(app);
        return app;
    }
}
