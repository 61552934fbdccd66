using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class ReloadApiTests
{
    private const string Reload = "reload";

    private static readonly ClusterMove Move = new("chat", 0.25, 3, ["ws-2"], [], []);

    [Fact]
    public async Task Reload_ThatIsApplied_ShowsWhatItMoves()
    {
        var reloads = new StubReloads(new ReloadResult(ReloadOutcome.Applied, [], [Move], ["Urls"]));
        await using var app = await StartAsync(reloads);

        var call = await app.CallAsync("POST", Reload);

        Assert.Equal((200, "applied"), (call.Status, call.Line("result")));
        var move = Assert.Single(call.Json.GetProperty("moves").EnumerateArray());
        Assert.Equal(
            "cluster joined left moved reweighed text tunnelsMoved",
            string.Join(' ', move.EnumerateObject().Select(property => property.Name).Order()));
        Assert.Equal((0.25, 3), (move.GetProperty("moved").GetDouble(), move.GetProperty("tunnelsMoved").GetInt32()));
        Assert.Equal("Urls", Assert.Single(call.Json.GetProperty("needRestart").EnumerateArray()).GetString());
        Assert.Equal([false], reloads.Forced);
    }

    [Fact]
    public async Task Reload_WithoutAChange_IsUnchanged()
    {
        var reloads = new StubReloads(new ReloadResult(ReloadOutcome.Unchanged, [], [], []));
        await using var app = await StartAsync(reloads);

        Assert.Equal("unchanged", (await app.CallAsync("POST", $"{Reload}?force=true")).Line("result"));
        Assert.Equal([true], reloads.Forced);
    }

    [Theory]
    [InlineData(nameof(ReloadOutcome.Mistaken), 409, "The configuration has mistakes and is not applied.")]
    [InlineData(nameof(ReloadOutcome.Risky), 409, "The configuration is not applied without force.")]
    [InlineData(nameof(ReloadOutcome.Failed), 500, "Applying the configuration failed.")]
    public async Task Reload_ThatIsRefused_IsAProblemWithReasons(string outcome, int status, string detail)
    {
        var reloads = new StubReloads(new ReloadResult(Enum.Parse<ReloadOutcome>(outcome), ["One.", "Two."], [], []));
        await using var app = await StartAsync(reloads);

        var call = await app.CallAsync("POST", Reload);

        call.IsProblem(status, detail);
        Assert.Equal(
            ["One.", "Two."], call.Json.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));
    }

    [Fact]
    public async Task Reload_OfAnApplicationWithItsOwnConfiguration_IsAProblem()
    {
        await using var app = await BalancerApp.StartAsync(ChatSettings.OfNodes("ws-1"));

        (await app.CallAsync("POST", Reload)).IsProblem(
            409,
            "The configuration of this application is read by the application itself, and cannot be reloaded from "
                + "here.");
    }

    private static Task<BalancerApp> StartAsync(IReloads reloads) =>
        BalancerApp.StartAsync(ChatSettings.OfNodes("ws-1"), services => services.AddSingleton(reloads));

    private sealed class StubReloads(ReloadResult result) : IReloads
    {
        public LastReload? Last => null;

        public List<bool> Forced { get; } = [];

        public Task<ReloadResult> ReloadAsync(bool force)
        {
            Forced.Add(force);
            return Task.FromResult(result);
        }
    }
}
