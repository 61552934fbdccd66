using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Redis;

/// <summary>Two nodes and a Redis of either kind: messages reach users on the other node too.</summary>
public abstract class FleetTests(string bus) : IAsyncLifetime
{
    private TestFleet _fleet = null!;

    private TestNode One => _fleet.One;

    private TestNode Two => _fleet.Two;

    public async ValueTask InitializeAsync() => _fleet = await TestFleet.StartAsync(bus);

    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ADirectMessage_ReachesEveryConnectionOfTheUserOnce()
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        using var bobHere = await TestClient.WelcomedAsync(One.Address, "bob");
        using var bobThere = await TestClient.WelcomedAsync(Two.Address, "bob");

        await alice.SendAsync("""{"type":"direct","to":"bob","data":{"n":1}}""");
        await alice.SendAsync("""{"type":"direct","to":"bob","data":{"n":2}}""");

        foreach (var bob in (TestClient[])[bobHere, bobThere])
        {
            Assert.Equal(Direct(1), await bob.ReceiveTextAsync());
            Assert.Equal(Direct(2), await bob.ReceiveTextAsync());
        }

        static string Direct(int number) =>
            $$$"""{"type":"direct","from":"alice","to":"bob","node":"ws-1","data":{"n":{{{number}}}}}""";
    }

    [Fact]
    public async Task ARoomMessage_ReachesEveryMemberOnce_TheSenderIncluded()
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(Two.Address, "bob");
        using var carol = await TestClient.WelcomedAsync(Two.Address, "carol");
        await alice.JoinAsync("r");
        await bob.JoinAsync("r");
        await carol.JoinAsync("other");

        for (var number = 0; number < 100; number++)
        {
            await bob.SendAsync($$"""{"type":"room","room":"r","data":{{number}}}""");
        }

        for (var number = 0; number < 100; number++)
        {
            var expected = $$"""{"type":"room","room":"r","from":"bob","node":"ws-2","data":{{number}}}""";
            Assert.Equal(expected, await alice.ReceiveTextAsync());
            Assert.Equal(expected, await bob.ReceiveTextAsync());
        }

        // The next message to Carol is her own echo: the room's message did not reach her.
        await carol.SendAsync("""{"type":"echo"}""");
        Assert.Equal("""{"type":"echo"}""", await carol.ReceiveTextAsync());
    }

    [Fact]
    public async Task AUserWhoIsNoMember_CannotSendToTheRoom_NorAfterLeavingIt()
    {
        using var alice = await TestClient.WelcomedAsync(One.Address, "alice");
        const string Refusal = """{"type":"error","reason":"not a member of room 'r': join it first"}""";

        await alice.SendAsync("""{"type":"room","room":"r","data":1}""");
        Assert.Equal(Refusal, await alice.ReceiveTextAsync());
        await alice.JoinAsync("r");
        await alice.JoinAsync("r");
        await alice.SendAsync("""{"type":"leave","room":"r"}""");
        Assert.Equal("""{"type":"left","room":"r"}""", await alice.ReceiveTextAsync());
        await alice.SendAsync("""{"type":"room","room":"r","data":1}""");

        Assert.Equal(Refusal, await alice.ReceiveTextAsync());
    }
}

public sealed class FleetOverRedisServerTests() : FleetTests("redis");

public sealed class FleetOverEmbeddedRedisTests() : FleetTests("embedded");
