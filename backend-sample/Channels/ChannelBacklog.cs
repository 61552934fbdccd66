using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>The stored messages that a read returned, serialised once for all who miss them.</summary>
internal sealed class ChannelBacklog
{
    private readonly string _channel;
    private readonly ChannelWindow _window;
    private readonly Delivery[] _deliveries;

    /// <summary>The cost of each message with all later ones; 0 at the end.</summary>
    private readonly long[] _costs;

    private Delivery? _gap;

    public ChannelBacklog(string channel, ChannelWindow window)
    {
        _channel = channel;
        _window = window;
        _deliveries = [.. window.Messages.Select(message => new Delivery(channel, message))];
        _costs = new long[_deliveries.Length + 1];
        for (var index = _deliveries.Length - 1; index >= 0; index--)
        {
            _costs[index] = _costs[index + 1] + _deliveries[index].Cost;
        }
    }

    /// <summary>The position of the newest message; offset 0 if the epoch has none.</summary>
    public ChannelPosition Top => _window.Top;

    /// <summary>The offset before the oldest message of the backlog.</summary>
    private long Start => Top.Offset - _deliveries.Length;

    /// <summary>Whether every message after the position is here, and fits in the queue of the member.</summary>
    public bool Covers(ChannelPosition position, IAudienceMember member) =>
        _window.Covers(position) && _costs[position.Offset - Start] <= Limit(member);

    /// <summary>
    /// Posts the messages after the offset. Before the first one the member gets a notice of the gap if others are
    /// missing: those that are not stored, and the oldest of those that do not fit in its queue.
    /// </summary>
    /// <param name="member">The member.</param>
    /// <param name="offset">The offset of its last message; null if it has none of this epoch.</param>
    public void PostAfter(long? offset, IAudienceMember member)
    {
        var from = Math.Max(offset ?? Start, Start);
        var limit = Limit(member);
        while (_costs[from - Start] > limit)
        {
            from++;
        }

        if (offset is null || offset < from)
        {
            PostGap(from, member);
        }

        PostAll(from, member);
    }

    /// <summary>Posts the messages after the offset, which the backlog must have.</summary>
    public void PostAll(long offset, IAudienceMember member)
    {
        foreach (var delivery in _deliveries.AsSpan((int)(offset - Start)))
        {
            member.Post(delivery);
        }
    }

    /// <summary>Posts the notice that all messages up to the newest one may have been missed.</summary>
    public void PostGap(IAudienceMember member) => PostGap(Top.Offset, member);

    // Most members miss the same.
    private void PostGap(long offset, IAudienceMember member)
    {
        if (_gap?.Position.Offset != offset)
        {
            _gap = Delivery.Gap(_channel, Top with { Offset = offset });
        }

        member.Post(_gap);
    }

    // The rest of the queue is for live messages: if they found it full, the client would be closed as too slow, and
    // its next recovery would end in the same way.
    private static long Limit(IAudienceMember member) => member.FreeBytes / 4 * 3;
}
