using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>The state as part of a whole application.</summary>
public sealed class StateWiringTests : IDisposable
{
    private readonly StateFolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Change_IsThereAfterARestart()
    {
        await using (var app = await BalancerApp.StartAsync(Settings))
        {
            Assert.Null(await WriteAsync(app));
            await app.StopAsync();
        }

        await using var again = await BalancerApp.StartAsync(Settings);

        Assert.Equal(StateSample.Of(7), again.Get<StateStore>().Find(StateSample.Weight));
    }

    [Fact]
    public async Task DamagedFile_FailsTheStart()
    {
        File.WriteAllText(_folder.Path, "{");

        await Assert.ThrowsAsync<StateFileException>(() => BalancerApp.StartAsync(Settings));
    }

    [Fact]
    public async Task TwoBalancers_ThatNameOneRedis_Share()
    {
        await using var redis = await RedisServer.StartAsync();
        var settings = ChatSettings.OfNodes("ws-1").With("WsBalancer:State:Redis", redis.Address);
        await using var one = await BalancerApp.StartAsync(settings);
        Assert.True(await WriteAsync(one));

        await using var two = await BalancerApp.StartAsync(settings);

        Assert.Equal(StateSample.Of(7), two.Get<StateStore>().Find(StateSample.Weight));
        Assert.NotEqual(one.Get<BalancerName>().Id, two.Get<BalancerName>().Id);
        Assert.Empty(two.Get<IMembershipSource>().Nodes!);
    }

    private static Task<bool?> WriteAsync(BalancerApp app) => app.Get<StateStore>().WriteAsync(
        [new StateChange(StateSample.Weight, StateSample.Of(7))], TestContext.Current.CancellationToken);

    private Dictionary<string, string?> Settings =>
        ChatSettings.OfNodes("ws-1").With("WsBalancer:State:Path", _folder.Path);
}
