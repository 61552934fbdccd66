using System.Text;
using System.Text.Json;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Serving;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A member of a channel on one node, which keeps the numbers of the messages.</summary>
internal sealed class BusMember(BusHost node, string channel) : IAudienceMember
{
    /// <summary>The number of a notice of a gap.</summary>
    public const int Gap = -1;

    private readonly Lock _lock = new();
    private readonly List<int> _received = [];

    public long FreeBytes => long.MaxValue;

    /// <summary>The numbers in the order in which they were received.</summary>
    public List<int> Received
    {
        get
        {
            lock (_lock)
            {
                return [.. _received];
            }
        }
    }

    public static async Task<BusMember> JoinAsync(BusHost node, string channel)
    {
        var member = new BusMember(node, channel);
        Assert.True(await node.Subscriptions.AcquireAsync(channel));
        node.Audience.Add(channel, member, Delivery.Control("joined"u8.ToArray()));
        return member;
    }

    public static ReadOnlyMemory<byte> Message(int number) => Encoding.UTF8.GetBytes($$"""{"data":{{number}}}""");

    public Task<PublishOutcome> PublishAsync(int number) => node.Bus.PublishAsync(channel, Message(number));

    public Task<AppendResult> StoreAsync(int number) =>
        node.Store.AppendAsync(channel, "alice", $"{number}", Message(number));

    public Task LeaveAsync()
    {
        node.Audience.Remove(channel, this);
        return node.Subscriptions.ReleaseAsync(channel);
    }

    public Task UntilReceivedAsync(int count, string what) =>
        Deadline.UntilAsync(() => Received.Count >= count, $"{count} {what} are received");

    public Task UntilReceivedAsync(int number) =>
        Deadline.UntilAsync(() => Received.Contains(number), $"message {number} is received");

    public void Post(Delivery delivery)
    {
        var text = delivery.Bytes.Span;
        if (text is not [(byte)'{', ..])
        {
            return;
        }

        using var json = JsonDocument.Parse(delivery.Bytes);
        var isMessage = json.RootElement.TryGetProperty("data", out var number);
        lock (_lock)
        {
            _received.Add(isMessage ? number.GetInt32() : Gap);
        }
    }
}
