using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Sessions;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Sessions;

/// <summary>Messages to one client that leave together.</summary>
public sealed class BatchTests
{
    [Fact]
    public async Task ABatch_LeavesWhenItsDelayIsOver()
    {
        var time = new FakeTimeProvider();
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { BatchDelay = TimeSpan.FromSeconds(1) },
            services => services.AddSingleton<TimeProvider>(time));
        using var client = await TestClient.ConnectAsync(node.Address, "alice");
        await Deadline.UntilAsync(
            () => node.Sessions.Sessions.Sum(session => session.QueuedBytes) > 0,
            "the welcome message waits for others");
        var welcome = client.ReceiveTextAsync();

        await Deadline.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return welcome.IsCompleted;
            },
            "the welcome message has been sent");

        Assert.Contains("welcome", await welcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABatch_LeavesWhenItIsLargeEnough()
    {
        var time = new FakeTimeProvider();
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { BatchDelay = TimeSpan.FromSeconds(1), BatchBytes = 2000 },
            services => services.AddSingleton<TimeProvider>(time));
        using var client = await TestClient.ConnectAsync(node.Address, "alice");
        for (var sent = 0; sent < 50; sent++)
        {
            await client.SendAsync("""{"type":"join","room":"r"}""");
        }

        Assert.Contains("welcome", await client.ReceiveTextAsync(), StringComparison.Ordinal);
        Assert.Contains("joined", await client.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEcho_CompletesABatch()
    {
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { BatchDelay = TimeSpan.FromSeconds(1), BatchBytes = PieceSize.Min },
            services => services.AddSingleton<TimeProvider>(new FakeTimeProvider()));
        using var client = await TestClient.ConnectAsync(node.Address, "alice");

        await client.SendAsync([1]);

        Assert.Contains("welcome", await client.ReceiveTextAsync(), StringComparison.Ordinal);
        Assert.Equal([1], (await client.ReceiveAsync()).Bytes);
    }

    [Fact]
    public async Task MessagesThatAreReadyTogether_AreFlushedByTheLastOne()
    {
        var time = new FakeTimeProvider();
        var options = TestNode.Options with { BatchDelay = TimeSpan.FromSeconds(1) };
        var memory = new MessageMemory(options, NullLogger<MessageMemory>.Instance);
        await using var connection = new FakeConnection();
        using var socket = WebSocket.CreateFromStream(connection, new WebSocketCreationOptions { IsServer = true });
        var outbox = new Outbox(
            socket, connection, new ClientMemory(memory),
            new SessionLimits(options, memory, new ShedCount(), new SenderRates(options, time), time));

        foreach (var text in new[] { "a", "b", "c" })
        {
            outbox.TryPost(Delivery.Plain(Encoding.UTF8.GetBytes(text), Priority.Direct));
        }

        await Deadline.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return outbox.QueuedBytes == 0;
            },
            "the messages have been sent");
        Assert.Equal([("a", true), ("b", true), ("c", false)], connection.Writes);
    }

    /// <summary>A connection that keeps the last byte of each write, and whether more of a batch follows.</summary>
    private sealed class FakeConnection : MemoryStream, ISessionConnection
    {
        public List<(string Last, bool IsBatch)> Writes { get; } = [];

        public bool IsBatch { get; set; }

        public void Abort()
        {
            // Nothing is pending.
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes.Add((Encoding.UTF8.GetString(buffer.Span[^1..]), IsBatch));
            return ValueTask.CompletedTask;
        }
    }
}
