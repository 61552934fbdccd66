using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Registration;

/// <summary>The records that a node writes about itself to a real Redis, where balancers read them.</summary>
public sealed class NodeRegistrarTests : RedisTest
{
    private const string Key = "wsbalancer:node:chat:ws-1";
    private const string Nodes = "wsbalancer:nodes:chat";

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task ANodeThatListens_IsRegistered_ForTenSeconds()
    {
        await using var node = await StartAsync(new RegistrationOptions { Cluster = "Chat" });

        Assert.Equal(
            $$"""{"address":"{{node.Address.GetLeftPart(UriPartial.Authority)}}","weight":1,"state":"active"}""",
            await Database.StringGetAsync(Key));
        Assert.InRange((await Database.KeyTimeToLiveAsync(Key))!.Value.TotalSeconds, 0.1, 10);
        Assert.True(await Database.SetContainsAsync(Nodes, "ws-1"));
    }

    [Fact]
    public async Task AddressWeightAndPrefix_AreAsConfigured()
    {
        await using var node = await StartAsync(new RegistrationOptions
        {
            Cluster = "chat",
            Address = "http://10.0.0.1:5000/",
            Weight = 3,
            Prefix = "fleet",
        });

        Assert.Equal(
            """{"address":"http://10.0.0.1:5000/","weight":3,"state":"active"}""",
            await Database.StringGetAsync("fleet:node:chat:ws-1"));
    }

    [Fact]
    public async Task EveryThreeSeconds_ItIsRenewed()
    {
        await using var node = await StartAsync();
        await Database.KeyDeleteAsync([Key, Nodes]);

        _time.Advance(Renewal);

        await Deadline.UntilAsync(
            async () => await Database.KeyExistsAsync(Key) && await Database.SetContainsAsync(Nodes, "ws-1"),
            "it is registered again");
    }

    [Fact]
    public async Task WhileItStops_ItIsRegisteredAsDraining_AndAfterwardsItIsUnregistered()
    {
        await using var node = await StartAsync();
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");

        var stopping = node.StopAsync();
        await Deadline.UntilAsync(IsDrainingAsync, "it says that it drains");
        await Database.KeyDeleteAsync(Key);
        _time.Advance(Renewal);
        await Deadline.UntilAsync(IsDrainingAsync, "it says so again");
        await client.ReceiveCloseAsync();
        await stopping;

        Assert.False(await Database.KeyExistsAsync(Key));
        Assert.False(await Database.KeyExistsAsync(Nodes));
    }

    [Fact]
    public async Task WithRedisDisconnected_TheNodeServes_AndRegistersAfterTheReconnect()
    {
        Redis.Kill();
        await using var node = await StartAsync();
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");

        await Redis.ResumeAsync();

        await Deadline.UntilAsync(
            async () =>
            {
                _time.Advance(Renewal);
                return Database.Multiplexer.IsConnected && await Database.KeyExistsAsync(Key);
            },
            "it is registered");
    }

    [Fact]
    public async Task WithRedisDisconnected_TheNodeStopsAsUsual()
    {
        await using var node = await StartAsync();
        Redis.Kill();

        await node.StopAsync();

        Assert.Equal(0, node.Sessions.Count);
    }

    [Fact]
    public async Task TheProgram_Registers_AndUnregistersOnSigterm()
    {
        using var node = NodeProcess.Start(
            "serve", "--urls", "http://127.0.0.1:0", "--name", "ws-1", "--redis", $"{Redis.Endpoint}",
            "--register", "chat", "--weight", "0");
        var ready = await node.ReadLineAsync();
        var address = ready![(ready!.LastIndexOf(' ') + 1)..];
        await Deadline.UntilAsync(() => Database.KeyExistsAsync(Key), "it is registered");
        Assert.Equal(
            $$"""{"address":"{{address}}","weight":0,"state":"active"}""", await Database.StringGetAsync(Key));

        await node.SignalAsync("TERM");

        Assert.Equal(0, await node.WaitForExitAsync());
        Assert.False(await Database.KeyExistsAsync(Key));
    }

    private Task<TestNode> StartAsync() => StartAsync(new RegistrationOptions { Cluster = "chat" });

    private Task<TestNode> StartAsync(RegistrationOptions registration) => TestNode.StartAsync(
        TestNode.Options with { Redis = Redis.Endpoint, Registration = registration },
        services => services.AddSingleton<TimeProvider>(_time));

    private async Task<bool> IsDrainingAsync() =>
        (await Database.StringGetAsync(Key)).ToString().Contains("\"state\":\"draining\"", StringComparison.Ordinal);
}
