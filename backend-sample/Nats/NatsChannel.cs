using System.Buffers;
using NATS.Client.Core;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Nats;

/// <summary>The subscription of one channel.</summary>
/// <remarks>
/// The subscriptions of the client library have a queue each, and drop the newest messages when it is full. This one
/// has none: the loop that reads the connection delivers each message before it reads the next one. If the node is too
/// slow, the server closes the connection, and what was missed is read when it is open again. Two nodes may publish in
/// another order than they stored: the position at the time of the subscription shows what the first message misses.
/// </remarks>
internal sealed class NatsChannel(
    NatsConnection connection, string subject, string channel, Audience audience, NatsTraffic traffic)
    : NatsSubBase(connection, connection.SubscriptionManager, subject, queueGroup: null, opts: null)
{
    private readonly Lock _lock = new();

    /// <summary>The newest stored message that the members of the channel need not receive any more.</summary>
    private ChannelPosition? _top;

    protected override ValueTask ReceiveInternalAsync(
        string subject,
        string? replyTo,
        ReadOnlySequence<byte>? headersBuffer,
        ReadOnlySequence<byte> payloadBuffer)
    {
        traffic.Count();
        if (payloadBuffer.FirstSpan is [ChannelFrame.StoredMark, ..])
        {
            Deliver(payloadBuffer.ToArray());
        }
        else
        {
            audience.Deliver(channel.AsSpan(), payloadBuffer);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Delivers a stored message, or notes that the members miss messages before it.</summary>
    public void Deliver(ReadOnlyMemory<byte> bytes)
    {
        var frame = ChannelFrame.Parse(bytes);
        lock (_lock)
        {
            audience.Deliver(channel, frame, _top);
            if (frame.Position is { } position
                && (_top is not { } top || position.Epoch != top.Epoch || position.Offset > top.Offset))
            {
                _top = position;
            }
        }
    }

    /// <summary>Notes the newest message at the time of the subscription.</summary>
    public void SetTop(ChannelPosition? top)
    {
        lock (_lock)
        {
            _top ??= top;
        }
    }

    protected override void TryComplete()
    {
        // There is no queue to complete.
    }
}

/// <summary>The messages that were received from NATS.</summary>
internal sealed class NatsTraffic
{
    private long _received;

    public long Received => Interlocked.Read(ref _received);

    public void Count() => Interlocked.Increment(ref _received);
}
