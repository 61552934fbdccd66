using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Library;

/// <summary>A ring cluster that YARP does not have fails the start, and a reload never unpins users silently.</summary>
public sealed class RingClusterTests
{
    private const string Mistyped = "WsBalancer:Clusters:chta:UserKey";
    private const string Mistake =
        "WsBalancer:Clusters:chta: YARP has no cluster 'chta' (ReverseProxy:Clusters); did you mean 'chat'?";

    [Fact]
    public async Task Start_NameThatYarpDoesNotHave_FailsWithTheNearestName()
    {
        await using var app = BalancerApp.Build(WithMistypedRing(ChatSettings.OfNodes("ws-1")));

        var failure = await Assert.ThrowsAsync<SettingsException>(app.StartAsync);

        Assert.Equal([Mistake], failure.Mistakes);
    }

    [Fact]
    public async Task Start_NameThatIsLikeNone_FailsWithAllNames()
    {
        await using var app = BalancerApp.Build(
            ChatSettings.OfNodes("ws-1").With("WsBalancer:Clusters:elsewhere:UserKey", "query:user"));

        var failure = await Assert.ThrowsAsync<SettingsException>(app.StartAsync);

        Assert.Equal(
            [
                "WsBalancer:Clusters:elsewhere: YARP has no cluster 'elsewhere' (ReverseProxy:Clusters); expected one "
                + "of 'chat'.",
            ],
            failure.Mistakes);
    }

    [Fact]
    public async Task Start_PipelineThatIsNotMapped_Fails()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"), map: _ => { });

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(app.StartAsync);

        Assert.StartsWith("Cluster 'chat' uses the ring", failure.Message, StringComparison.Ordinal);
    }

    // The server builds the pipeline of this application after the other services have started.
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Start_ApplicationWithAPipelineOfItsServer_IsCheckedToo(bool isMistyped, bool fails)
    {
        var settings = ChatSettings.OfNodes("ws-1").With("WsBalancer:Admin:Url", "off");
        using var host = HostOf(isMistyped ? WithMistypedRing(settings) : settings);

        var failure = await Record.ExceptionAsync(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(fails ? [Mistake] : null, (failure as SettingsException)?.Mistakes);
        Assert.Equal(fails, failure is not null);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Start_WithoutClustersForTheRing_NeedsNoPipeline()
    {
        var settings = ChatSettings.OfNodes("ws-1");
        settings.Remove(ChatSettings.Ours + "UserKey");
        await using var app = BalancerApp.Build(settings, map: _ => { });

        await app.StartAsync();
    }

    [Fact]
    public async Task Reload_MistypedNameOfTheRing_KeepsUsersPinnedAndIsAnError()
    {
        await using var first = new TestNode("ws-1");
        await using var second = new TestNode("ws-2");
        var settings = ChatSettings.Of(("ws-1", first.Address), ("ws-2", second.Address));
        await using var app = await BalancerApp.StartAsync(settings);
        var user = app.UserOf("ws-2");

        app.Apply(WithMistypedRing(settings));
        await Deadline.Until("two errors", () => Errors(app).Length == 2);

        Assert.Equal(
            [
                $"{Mistake} Until YARP has the cluster, these settings have no effect.",
                "Cluster 'chat' has no ring settings any more, while other ring settings name no cluster of YARP: it "
                + "stays on the ring with its last settings, and its users stay pinned, until the names match.",
            ],
            Errors(app));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal("ws-2", await SourceOf(app, user));
        }

        // Each error is logged once, however often the configuration changes.
        app.Apply(WithMistypedRing(settings).With(ChatSettings.Yarps + "Metadata:Other", "1"));
        app.Apply(settings);
        await Deadline.Until("the right settings", () => app.Get<SettingsSource>().Kept.Count == 0);
        Assert.Equal(2, Errors(app).Length);
        Assert.Equal("ws-2", await SourceOf(app, user));
    }

    // The application sets YARP's clusters in code, so that YARP has no reload.
    [Fact]
    public async Task Reload_MistypedNameOfTheRing_IsAnErrorWithoutAReloadOfYarp()
    {
        var settings = ChatSettings.OfNodes("ws-1");
        await using var app = BalancerApp.Build(settings, proxy: yarp => yarp
            .LoadFromMemory([], [new() { ClusterId = "code", Destinations = null }])
            .AddWsBalancer());
        await app.StartAsync();
        var source = app.Get<SettingsSource>();

        app.Apply(settings.With("WsBalancer:Clusters:cod:UserKey", "query:user"));
        Assert.Contains("cod", source.Current.Keys);
        app.Time.Advance(TimeSpan.FromSeconds(2));

        await Deadline.Until("an error", () => Errors(app).Length == 1);
        Assert.Contains("did you mean 'code'?", Errors(app)[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_MistypedNameOfYarp_IsAnError()
    {
        var settings = ChatSettings.OfNodes("ws-1");
        await using var app = await BalancerApp.StartAsync(settings);

        app.Apply(Renamed(settings, "ReverseProxy:Clusters:chat:", "ReverseProxy:Clusters:chta:"));

        await Deadline.Until("an error", () => Errors(app).Length == 1);
        Assert.Contains("YARP has no cluster 'chat'", Errors(app)[0], StringComparison.Ordinal);
        Assert.Contains("did you mean 'chta'?", Errors(app)[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_RenamedOnBothSides_IsTakenOver()
    {
        var settings = ChatSettings.OfNodes("ws-1");
        await using var app = await BalancerApp.StartAsync(settings);

        var renamed = Renamed(settings, "ReverseProxy:Clusters:chat:", "ReverseProxy:Clusters:talk:");
        app.Apply(Renamed(renamed, ChatSettings.Ours, "WsBalancer:Clusters:talk:")
            .With("ReverseProxy:Routes:chat:ClusterId", "talk"));
        await Deadline.Until(
            "the new name", () => app.Fleet.Find("talk") is not null && app.Fleet.Find("chat") is null);
        app.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(Errors(app));
    }

    [Fact]
    public async Task Reload_WithoutTheRing_IsAWarning()
    {
        var settings = ChatSettings.OfNodes("ws-1");
        await using var app = await BalancerApp.StartAsync(settings);
        settings.Remove(ChatSettings.Ours + "UserKey");

        app.Apply(settings);

        await Deadline.Until("the cluster leaves the ring", () => app.Fleet.Find("chat") is null);
        Assert.Contains(
            "Cluster 'chat' has no ring settings any more: YARP balances it with its own policy, and its users are no "
            + "longer pinned.",
            app.Logs.GetSnapshot().Where(line => line.Level == LogLevel.Warning).Select(line => line.Message));
    }

    private static IHost HostOf(Dictionary<string, string?> settings) => new HostBuilder()
        .ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection(settings))
        .ConfigureWebHost(web => web
            .UseKestrelCore()
            .UseUrls("http://127.0.0.1:0")
            .ConfigureServices((context, services) => services
                .AddRouting()
                .AddReverseProxy()
                .LoadFromConfig(context.Configuration.GetSection("ReverseProxy"))
                .AddWsBalancer())
            .Configure(app => app.UseRouting().UseEndpoints(endpoints => endpoints.MapWsBalancer())))
        .Build();

    private static Dictionary<string, string?> WithMistypedRing(Dictionary<string, string?> settings)
    {
        var mistyped = settings.With(Mistyped, "query:user");
        mistyped.Remove(ChatSettings.Ours + "UserKey");
        return mistyped;
    }

    private static Dictionary<string, string?> Renamed(
        Dictionary<string, string?> settings, string from, string to) => settings.ToDictionary(
        pair => pair.Key.Replace(from, to, StringComparison.OrdinalIgnoreCase), pair => pair.Value);

    private static string[] Errors(BalancerApp app) =>
        [.. app.Logs.GetSnapshot().Where(line => line.Level == LogLevel.Error).Select(line => line.Message)];

    private static async Task<string> SourceOf(BalancerApp app, string user)
    {
        using var response = await app.SendAsync(HttpMethod.Get, $"/?user={user}");
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
