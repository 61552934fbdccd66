using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Admin.Status;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Admin;

/// <summary>The responses of <c>/api/v1/status</c> and <c>/readyz</c> in an outage and before one.</summary>
public sealed class StatusApiTests : IAsyncLifetime
{
    private const string Settings = "WsBalancer:Clusters:chat:Readiness:MinAvailableNodes";

    private readonly TestNode _first = new("ws-1");
    private readonly TestNode _second = new("ws-2");
    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await BalancerApp.StartAsync(Nodes());

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task Status_HasTheShapeThatIsPublished()
    {
        var status = await ReadAsync();

        Assert.Equal(
            "id version startedAt ready state refusing warnings clusters redis peers descriptors certificates "
                + "reload",
            NamesOf(status));
        Assert.Equal(
            "id available minAvailableNodes rejected attemptsFailed disagreement ring nodes problems",
            NamesOf(status.GetProperty("clusters")[0]));
        Assert.Equal("ready", status.GetProperty("state").GetString());
        Assert.Equal(2, status.GetProperty("clusters")[0].GetProperty("available").GetInt32());
        Assert.Empty(Texts(status, "refusing"));
        Assert.Empty(Texts(status, "warnings"));
    }

    [Fact]
    public async Task NodeThatIsUnhealthy_IsAWarning_AndNoRefusal()
    {
        SetHealth("ws-1", NodeHealth.Unhealthy);

        var status = await ReadAsync();

        Assert.Empty(Texts(status, "refusing"));
        Assert.Equal(["cluster 'chat': unhealthy ws-1"], Texts(status, "warnings"));
    }

    [Fact]
    public async Task ClusterWithoutAnAvailableNode_Refuses()
    {
        SetHealth("ws-1", NodeHealth.Unhealthy);
        SetHealth("ws-2", NodeHealth.Unhealthy);

        Assert.Equal(["cluster 'chat' has no available node"], Texts(await ReadAsync(), "refusing"));
    }

    [Fact]
    public async Task Rejections_AreCountedForAMinute()
    {
        var metrics = _app.Get<PlacementMetrics>();
        metrics.Rejected("chat", Rejection.Unreachable);
        metrics.Rejected("chat", Rejection.Unreachable);
        metrics.Rejected("chat", Rejection.NoUser);
        metrics.HandshakeFailed(_app.Node("ws-1"), AttemptOutcome.Reset);
        metrics.Rejected("", Rejection.NoDescriptor);

        var status = await ReadAsync();

        Assert.Equal(
            [
                "cluster 'chat' rejected requests in the last minute: unreachable 2",
                "the balancer rejected requests in the last minute: no_descriptor 1",
            ],
            Texts(status, "refusing"));
        var cluster = status.GetProperty("clusters")[0];
        Assert.Equal("no_user unreachable", string.Join(
            ' ', cluster.GetProperty("rejected").EnumerateObject().Select(count => count.Name).Order()));
        Assert.Equal(1, cluster.GetProperty("attemptsFailed").GetInt64());

        _app.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Empty(Texts(await ReadAsync(), "refusing"));
    }

    // Clients or operators can cause these rejections.
    [Fact]
    public async Task RejectionsThatAreNoOutage_AreNotListedAsRefusing()
    {
        foreach (var rejection in (Rejection[])
            [Rejection.NoUser, Rejection.UnknownProtocol, Rejection.Stopping, Rejection.Other(505)])
        {
            _app.Get<PlacementMetrics>().Rejected("chat", rejection);
        }

        Assert.Empty(Texts(await ReadAsync(), "refusing"));
    }

    [Fact]
    public async Task RedisThatCannotBeUsed_IsAWarning()
    {
        var redis = _app.Get<RedisStatus>();
        redis.Where = "redis:6379";
        redis.Absence = new RedisAbsence(_app.Time.GetUtcNow(), "It does not answer in time.");

        var status = await ReadAsync();

        Assert.Equal(["Redis at redis:6379 cannot be used: It does not answer in time."], Texts(status, "warnings"));
        Assert.False(status.GetProperty("redis").GetProperty("connected").GetBoolean());
    }

    [Fact]
    public void ReloadThatWasRefused_IsAWarning()
    {
        var reload = new LastReload(
            _app.Time.GetUtcNow(),
            new ReloadResult(ReloadOutcome.Mistaken, ["a is wrong", "b is wrong"], [], ["Urls"]));

        Assert.Equal(
            ["the last reload was refused: a is wrong (and 1 more)", "in force only after a restart: Urls"],
            LastReloadView.From(reload).Warnings());
    }

    [Fact]
    public async Task UnknownCluster_IsNotFound() =>
        Assert.Equal(404, (await _app.GetAsync("status?cluster=chatt")).Status);

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.OK)]
    [InlineData(2, HttpStatusCode.ServiceUnavailable)]
    public async Task Readiness_DependsOnAvailableNodes_IfConfigured(int least, HttpStatusCode expected)
    {
        _app.Apply(Nodes().With(Settings, $"{least}"));
        SetHealth("ws-1", NodeHealth.Unhealthy);

        using var answer = await _app.SendAsync("/readyz");
        using var verbose = await _app.SendAsync("/readyz?verbose");

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected, verbose.StatusCode);
        var parts = JsonElement.Parse(await verbose.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var ready = least < 2 ? "true" : "false";
        Assert.Equal(
            $$"""
            {"ready":{{ready}},"state":"ready","clusters":[{"id":"chat","available":1,"minAvailableNodes":{{least}},
            "ready":{{ready}}}]}
            """.ReplaceLineEndings(""),
            parts.GetRawText());
        Assert.Equal(least < 2, (await ReadAsync()).GetProperty("ready").GetBoolean());
        if (least == 2)
        {
            Assert.Equal(
                "available nodes of cluster 'chat': 1 of at least 2 (Readiness:MinAvailableNodes)",
                await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void Outage_IsAnError_AndItsEndIsLogged()
    {
        SetHealth("ws-1", NodeHealth.Unhealthy);
        SetHealth("ws-2", NodeHealth.Unhealthy);
        SetHealth("ws-2", NodeHealth.Healthy);

        Assert.Equal(
            [
                (LogLevel.Warning, 201), (LogLevel.Warning, 201), (LogLevel.Error, 211), (LogLevel.Information, 201),
                (LogLevel.Information, 212),
            ],
            _app.Logs.GetSnapshot().Where(line => line.Id.Id is 201 or 211 or 212)
                .Select(line => (line.Level, line.Id.Id))
                .SkipWhile(line => line.Level == LogLevel.Information));
        Assert.Contains(
            "(ws-1 is unhealthy, ws-2 is unhealthy)",
            _app.Logs.GetSnapshot().Single(line => line.Id.Id == 211).Message,
            StringComparison.Ordinal);
    }

    private Dictionary<string, string?> Nodes() =>
        ChatSettings.Of(("ws-1", _first.Address), ("ws-2", _second.Address));

    private void SetHealth(string node, NodeHealth health) =>
        _app.Fleet.SetHealth(_app.Chat, _app.Node(node), health, "test");

    private async Task<JsonElement> ReadAsync() => (await _app.GetAsync("status")).Json;

    private static string NamesOf(JsonElement element) =>
        string.Join(' ', element.EnumerateObject().Select(property => property.Name));

    private static IEnumerable<string?> Texts(JsonElement element, string name) =>
        element.GetProperty(name).EnumerateArray().Select(text => text.GetString());
}
