using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Redis;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Redis;

/// <summary>
/// Redis, which writes each message to its disk, and a node restart under traffic: no acknowledged message is lost, and
/// none reaches a client twice.
/// </summary>
public sealed class RestartTests : IAsyncLifetime
{
    private const int Senders = 4;

    private RedisServer _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartDurableAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task UnderTraffic_NoAcknowledgedMessageIsLost_AndNoneIsDoubled()
    {
        await using var one = await TestNode.StartAsync("ws-1", _redis.Endpoint);
        var two = await TestNode.StartAsync("ws-2", _redis.Endpoint);
        var address = two.Address;
        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var reader = new Reader();
        var reading = reader.ReadAsync(() => Volatile.Read(ref address));
        await Deadline.UntilAsync(() => reader.IsMember, "the reader is a member");
        var sending = Enumerable.Range(0, Senders)
            .Select(sender => SendAsync(one.Address, $"s{sender}", acknowledged, stop.Token)).ToList();

        await AcknowledgedAsync(acknowledged, more: 200);
        _redis.Kill();
        await _redis.ResumeAsync();
        await AcknowledgedAsync(acknowledged, more: 100);
        reader.Drop();
        await AcknowledgedAsync(acknowledged, more: 100);
        await two.DisposeAsync();
        await AcknowledgedAsync(acknowledged, more: 100);
        await using var three = await TestNode.StartAsync("ws-3", _redis.Endpoint);
        Volatile.Write(ref address, three.Address);
        await AcknowledgedAsync(acknowledged, more: 100);
        _redis.Kill();
        reader.Drop();
        await _redis.ResumeAsync();
        await AcknowledgedAsync(acknowledged, more: 200);
        await stop.CancelAsync();
        await Task.WhenAll(sending);

        await Deadline.UntilAsync(
            () => acknowledged.All(reader.Received.ContainsKey), "every acknowledged message has been received");
        reader.End();
        await reading;
        Assert.Empty(reader.Doubled);
        Assert.Empty(reader.Disordered);
        Assert.Empty(reader.Gaps);
    }

    [Fact]
    public async Task WhenRedisDropsTheSubscriptions_MembersReceiveEveryMessageOnce()
    {
        await using var one = await TestNode.StartAsync("ws-1", _redis.Endpoint);
        await using var two = await TestNode.StartAsync("ws-2", _redis.Endpoint);
        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var reader = new Reader();
        var reading = reader.ReadAsync(() => two.Address);
        await Deadline.UntilAsync(() => reader.IsMember, "the reader is a member");
        var sending = SendAsync(one.Address, "s", acknowledged, stop.Token);

        for (var drop = 0; drop < 5; drop++)
        {
            await AcknowledgedAsync(acknowledged, more: 20);
            await _redis.DropSubscribersAsync();
        }

        await AcknowledgedAsync(acknowledged, more: 20);
        await stop.CancelAsync();
        await sending;
        await Deadline.UntilAsync(
            () => acknowledged.All(reader.Received.ContainsKey), "every acknowledged message has been received");
        reader.End();
        await reading;
        Assert.Empty(reader.Doubled);
        Assert.Empty(reader.Disordered);
        Assert.Empty(reader.Gaps);
        Assert.Equal(1, reader.Connections);
    }

    [Fact]
    public async Task AMessageThatIsStoredWhileNoNodeIsSubscribed_IsDeliveredAfterwards()
    {
        await using var node = await TestNode.StartAsync("ws-1", _redis.Endpoint);
        using var client = new TestClient();
        await client.ConnectToAsync(node.Address, "/ws?user=reader&since=");
        await client.ReceiveTextAsync();
        await using var link = new RedisLink(_redis.Endpoint, "test", NullLogger<RedisLink>.Instance);
        await link.ConnectAsync();
        var store = new RedisStore(
            link, new HistoryOptions(), NullLogger<RedisStore>.Instance, StoredPublish.Channel);

        for (var number = 1; number <= 3; number++)
        {
            await _redis.DropSubscribersAsync();
            var stored = await store.AppendAsync(
                "user:reader", "s", $"{number}", """{"type":"direct"}"""u8.ToArray());
            Assert.Equal(AppendOutcome.Stored, stored.Outcome);

            var received = await ReceiveAsync(client);
            Assert.Equal("direct", received.GetProperty("type").GetString());
            Assert.Equal(number, received.GetProperty("offset").GetInt64());
        }
    }

    private static Task AcknowledgedAsync(ConcurrentBag<string> acknowledged, int more)
    {
        var target = acknowledged.Count + more;
        return Deadline.UntilAsync(() => acknowledged.Count >= target, $"{more} more messages are acknowledged");
    }

    /// <summary>Sends numbered messages, and repeats each with the same id until it is acknowledged.</summary>
    private static async Task SendAsync(
        Uri node, string sender, ConcurrentBag<string> acknowledged, CancellationToken stop)
    {
        using var client = await TestClient.WelcomedAsync(node, sender);
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{sender}-{number}");
            do
            {
                await client.SendAsync($$"""{"type":"direct","to":"reader","id":"{{id}}","data":"{{id}}"}""");
            }
            while ((await ReceiveAsync(client)).GetProperty("type").GetString() != "ack");

            acknowledged.Add(id);
        }
    }

    private static async Task<JsonElement> ReceiveAsync(TestClient client) =>
        JsonElement.Parse(await client.ReceiveTextAsync());

    /// <summary>A user who connects again after each loss, with the last position.</summary>
    private sealed class Reader
    {
        private TestClient? _client;
        private string _position = "";
        private bool _isEnded;

        public ConcurrentDictionary<string, byte> Received { get; } = new();

        public ConcurrentBag<string> Doubled { get; } = [];

        /// <summary>Messages with another position than the next one.</summary>
        public ConcurrentBag<string> Disordered { get; } = [];

        /// <summary>Notices of gaps, and recoveries that were not possible.</summary>
        public ConcurrentBag<string> Gaps { get; } = [];

        public int Connections { get; private set; }

        public bool IsMember { get; private set; }

        public async Task ReadAsync(Func<Uri> node)
        {
            while (!Volatile.Read(ref _isEnded))
            {
                try
                {
                    using var client = _client = new TestClient();
                    await client.ConnectToAsync(node(), $"/ws?user=reader&since={_position}");
                    var welcome = await ReceiveAsync(client);
                    if (!welcome.TryGetProperty("epoch", out _))
                    {
                        // Redis is away from the node: the next connection has the same position.
                        continue;
                    }

                    Handle(welcome);
                    while (true)
                    {
                        Handle(await ReceiveAsync(client));
                    }
                }
                catch (Exception lost) when (lost is WebSocketException or JsonException or OperationCanceledException
                    or ObjectDisposedException or Xunit.Sdk.XunitException)
                {
                    // The node has ended, or is ending: connect to the next one.
                    await Task.Yield();
                }
            }
        }

        /// <summary>Loses the connection; the user returns at once.</summary>
        public void Drop() => _client?.Socket.Abort();

        public void End()
        {
            Volatile.Write(ref _isEnded, true);
            Drop();
        }

        private void Handle(JsonElement message)
        {
            var type = message.GetProperty("type").GetString();
            IsMember = true;
            Connections += type == "welcome" ? 1 : 0;
            var isRecovered = !message.TryGetProperty("recovered", out var recovered) || recovered.GetBoolean();
            var isLost = type == "gap" || (type == "welcome" && !isRecovered);
            if (isLost)
            {
                Gaps.Add($"{message} after {_position}");
            }

            if (type == "direct")
            {
                var id = message.GetProperty("id").GetString()!;
                if (!Received.TryAdd(id, 0))
                {
                    Doubled.Add(id);
                }

                Follow(message);
            }
            else if (type == "welcome" && _position.Length == 0)
            {
                _position = $"{message.GetProperty("epoch")}:{message.GetProperty("offset")}";
            }
        }

        private void Follow(JsonElement message)
        {
            var (epoch, offset) = (message.GetProperty("epoch").GetString(), message.GetProperty("offset").GetInt64());
            if (_position != $"{epoch}:{offset - 1}")
            {
                Disordered.Add($"{epoch}:{offset} after {_position}");
            }

            _position = $"{epoch}:{offset}";
        }
    }
}
