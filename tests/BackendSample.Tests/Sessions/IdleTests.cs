using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Sessions;

/// <summary>Clients that send nothing for the idle timeout, and clients that are not idle.</summary>
public sealed class IdleTests : IAsyncLifetime
{
    private const string Echo = """{"type":"echo"}""";

    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeBus _bus = new("user:waiting", "room:waiting");
    private TestNode _node = null!;
    private TestClient _silent = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync(
            TestNode.Options with { IdleTimeout = IdleTimeout },
            services => services.AddSingleton<TimeProvider>(_time).AddSingleton<IMessageBus>(_bus));
        _silent = await TestClient.WelcomedAsync(_node.Address, "silent");
    }

    public async ValueTask DisposeAsync()
    {
        _silent.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task ASilentClient_IsClosedWith4009AfterTheTime_AndOneThatSendsIsNot()
    {
        using var active = await TestClient.WelcomedAsync(_node.Address, "active");
        var begun = _time.GetUtcNow();

        await UntilTheSilentClientIsClosedAsync(async () =>
        {
            await active.SendAsync(Echo);
            await active.ReceiveTextAsync();
        });

        Assert.True(_time.GetUtcNow() - begun >= IdleTimeout);
        await AssertIsOpenAsync(active);
    }

    [Theory]
    [InlineData(WebSocketMessageType.Text)]
    [InlineData(WebSocketMessageType.Binary)]
    public async Task AClientThatSendsOneMessageSlowly_IsNotIdle(WebSocketMessageType type)
    {
        using var client = await TestClient.WelcomedAsync(_node.Address, "active");
        var session = _node.Sessions.Sessions.Single(session => session.User == "active");
        await client.SendAsync("""{"type":"echo","data":"x"""u8.ToArray(), type, end: false);

        await UntilTheSilentClientIsClosedAsync(async () =>
        {
            await client.SendAsync("x"u8.ToArray(), type, end: false);
            await Deadline.UntilAsync(() => session.IdleTime == TimeSpan.Zero, "the node has read the byte");
        });

        await client.SendAsync("\"}"u8.ToArray(), type);
        Assert.Equal(type, (await client.ReceiveAsync()).Type);
        await AssertIsOpenAsync(client);
    }

    [Fact]
    public async Task AClientThatWaitsForTheNode_IsNotIdle()
    {
        using var joining = await TestClient.WelcomedAsync(_node.Address, "joining");
        await joining.SendAsync("""{"type":"join","room":"waiting"}""");
        using var connecting = await TestClient.ConnectAsync(_node.Address, "waiting");
        await Deadline.UntilAsync(() => _bus.Waits == 2, "both clients wait");

        await UntilTheSilentClientIsClosedAsync(() => Task.CompletedTask);

        _bus.Open();
        Assert.Equal("""{"type":"joined","room":"waiting"}""", await joining.ReceiveTextAsync());
        await AssertIsOpenAsync(joining);
        Assert.Contains("welcome", await connecting.ReceiveTextAsync(), StringComparison.Ordinal);
        await AssertIsOpenAsync(connecting);
    }

    [Fact]
    public async Task Pings_DoNotCount()
    {
        // A masked Ping frame, its Pong, and a Close frame with the code 4009.
        byte[] ping = [0x89, 0x80, 0, 0, 0, 0];
        const string Pong = "\u008A\0";
        const string Close = "\u0088\u0006\u000F\u00A9idle";
        using var client = await RawClient.ConnectAsync(_node.Address);
        await client.WriteAsync(RawClient.Handshake);
        await client.ReadAsync(text => text.Contains("welcome", StringComparison.Ordinal));

        await Deadline.UntilAsync(
            async () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await client.WriteAsync(ping);
                var received = await client.ReadAsync(text => text.EndsWith(Pong, StringComparison.Ordinal)
                    || text.Contains(Close, StringComparison.Ordinal));
                return received.Contains(Close, StringComparison.Ordinal);
            },
            "the client is closed");
    }

    private async Task UntilTheSilentClientIsClosedAsync(Func<Task> step)
    {
        var closing = _silent.ReceiveCloseAsync();
        await Deadline.UntilAsync(
            async () =>
            {
                await step();
                _time.Advance(TimeSpan.FromSeconds(1));
                return closing.IsCompleted;
            },
            "the silent client is closed");
        Assert.Equal((4009, "idle"), await closing);
    }

    private static async Task AssertIsOpenAsync(TestClient client)
    {
        await client.SendAsync(Echo);
        Assert.Equal(Echo, await client.ReceiveTextAsync());
    }
}
