using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Access;

/// <summary>Clients that send more messages than they may.</summary>
public sealed class SenderRateTests
{
    private const string Refusal = """{"type":"error","reason":"too many messages: send fewer in a second"}""";

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Message_BeyondTheRate_IsRefusedWithItsId()
    {
        await using var node = await StartAsync(new AccessOptions { ConnectionRate = 2 });
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");
        await EchoAsync(client, 2);

        await client.SendAsync("""{"type":"direct","to":"bob","id":"d1","data":1}""");
        Assert.Equal(Refusal.Replace("\"reason\"", "\"id\":\"d1\",\"reason\"", StringComparison.Ordinal),
            await client.ReceiveTextAsync());
        _time.Advance(TimeSpan.FromSeconds(1));

        await EchoAsync(client, 2);
    }

    [Fact]
    public async Task BinaryMessage_BeyondTheRate_IsRefused()
    {
        await using var node = await StartAsync(new AccessOptions { ConnectionRate = 1 });
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");
        await EchoAsync(client, 1);

        await client.SendAsync(new byte[100_000]);
        Assert.Equal(Refusal, await client.ReceiveTextAsync());
        _time.Advance(TimeSpan.FromSeconds(1));

        await client.SendAsync([1, 2]);
        var (type, bytes) = await client.ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Binary, type);
        Assert.Equal([1, 2], bytes);
    }

    [Fact]
    public async Task Client_ThatContinuesBeyondTheRate_IsClosedWith4029()
    {
        await using var node = await StartAsync(new AccessOptions { ConnectionRate = 1 });
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");
        await EchoAsync(client, 1);
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync("""{"type":"echo"}""");
            Assert.Equal(Refusal, await client.ReceiveTextAsync());
        }

        await client.SendAsync("""{"type":"echo"}""");

        Assert.Equal((4029, "too many messages"), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Rate_OfAUser_IsSharedByItsConnections()
    {
        await using var node = await StartAsync(new AccessOptions { UserRate = 2 });
        using var first = await TestClient.WelcomedAsync(node.Address, "alice");
        using var second = await TestClient.WelcomedAsync(node.Address, "alice");
        using var other = await TestClient.WelcomedAsync(node.Address, "bob");
        await EchoAsync(first, 1);
        await EchoAsync(second, 1);

        await first.SendAsync("""{"type":"echo"}""");

        Assert.Equal(Refusal, await first.ReceiveTextAsync());
        await EchoAsync(other, 2);
    }

    [Fact]
    public async Task Rates_OfUsersWithoutAConnection_AreRemoved()
    {
        await using var node = await StartAsync(new AccessOptions { UserRate = 2 });
        var first = await TestClient.WelcomedAsync(node.Address, "alice");
        var second = await TestClient.WelcomedAsync(node.Address, "alice");
        Assert.Equal(1, node.Rates.Users);

        first.Dispose();
        second.Dispose();

        await Deadline.UntilAsync(() => node.Rates.Users == 0, "no user has a rate");
    }

    [Fact]
    public async Task Rate_OfAUserWhoseWelcomeFails_IsRemoved()
    {
        var bus = new FakeBus("user:alice");
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { Access = new AccessOptions { UserRate = 2 } },
            services => services.AddSingleton<IMessageBus>(bus));
        using var client = await TestClient.ConnectAsync(node.Address, "alice");

        bus.Fail();

        await Assert.ThrowsAnyAsync<WebSocketException>(client.ReceiveTextAsync);
        Assert.Equal(0, node.Rates.Users);
    }

    private static async Task EchoAsync(TestClient client, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await client.SendAsync("""{"type":"echo"}""");
            Assert.Equal("""{"type":"echo"}""", await client.ReceiveTextAsync());
        }
    }

    private Task<TestNode> StartAsync(AccessOptions access) => TestNode.StartAsync(
        TestNode.Options with { Access = access }, services => services.AddSingleton<TimeProvider>(_time));
}
