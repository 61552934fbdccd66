using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Serving;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Serving;

/// <summary>An error of the balancer has a reason, and an error of a node is passed on unchanged.</summary>
public sealed class AnswerMiddlewareTests : IAsyncLifetime
{
    private const string Plain = "ReverseProxy:Clusters:plain:";

    private readonly TestNode _node = new("ws-1");
    private BalancerApp? _app;

    private BalancerApp App => _app ?? throw new InvalidOperationException("It has not started.");

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(
            ChatSettings.Of(("ws-1", _node.Address))
                .With("ReverseProxy:Routes:plain:ClusterId", "plain")
                .With("ReverseProxy:Routes:plain:Order", "-1")
                .With("ReverseProxy:Routes:plain:Match:Path", "/plain/{**any}")
                .With(Plain + "Destinations:any:Address", _node.Address),
            services => services.AddServerRejections(),
            app =>
            {
                app.UseServerRejections();
                app.MapGet("/fails", string () => throw new InvalidOperationException("user alice"));
                app.MapGet("/fails-late", async context =>
                {
                    await context.Response.StartAsync();
                    throw new InvalidOperationException("late");
                });
                app.MapWsBalancer();
            });
        await _app.StartAsync();
    }

    [Fact]
    public async Task Exception_IsLoggedAndNotShown()
    {
        var (status, reason, body) = await SendAsync("/fails");

        Assert.Equal((500, "internal"), (status, reason));
        Assert.DoesNotContain("alice", body, StringComparison.Ordinal);
        var line = Assert.Single(App.Logs.GetSnapshot(), line => line.Exception is not null);
        Assert.Equal((LogLevel.Error, "user alice"), (line.Level, line.Exception!.Message));
        Assert.Equal(1, await RejectedAsync("", "internal"));
    }

    [Fact]
    public async Task ExceptionAfterTheHead_CutsTheAnswerAndIsLogged()
    {
        await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            using var response = await App.SendAsync(HttpMethod.Get, "/fails-late");
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        });

        await Deadline.Until(
            "the exception is logged",
            () => App.Logs.GetSnapshot().Any(line => line is { Level: LogLevel.Error, Exception.Message: "late" }));
    }

    [Theory]
    [InlineData("/", "chat")]
    [InlineData("/plain/", "plain")]
    public async Task ErrorOfANode_IsPassedAsItIs(string path, string cluster)
    {
        _node.OnRequest = static request => request.ReplyAsync(404, "");

        using var response = await App.SendAsync(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Null(response.Content.Headers.ContentType);
        Assert.Equal("", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await RejectedAsync(cluster, ""));
    }

    [Fact]
    public async Task NodeOfYarpAlone_ThatCannotBeReached_IsExplained()
    {
        _node.Refuse();

        var (status, reason, _) = await SendAsync("/plain/");

        Assert.Equal((502, "node_failed"), (status, reason));
        Assert.Equal(1, await RejectedAsync("plain", "node_failed"));
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await _node.DisposeAsync();
    }

    private async Task<(int Status, string? Reason, string Body)> SendAsync(string target)
    {
        using var response = await App.SendAsync(HttpMethod.Get, target);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var problem = JsonDocument.Parse(body);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, problem.RootElement.GetProperty("reason").GetString(), body);
    }

    private async Task<double> RejectedAsync(string cluster, string reason) =>
        (await Scrape.OfAsync(App.Get<BalancerRegistry>()))
            .SumOf($"wsbalancer_rejected_total{{cluster=\"{cluster}\",reason=\"{reason}");
}
