using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>
/// The gaps that dropped stored messages leave in a queue: the client gets one notice for each channel.
/// </summary>
internal struct OutgoingGaps
{
    private Dictionary<string, Gap>? _gaps;

    /// <summary>The most bytes that the notices can cost.</summary>
    public int Cost { get; private set; }

    /// <summary>Extends the gap of a channel over a stored message, or over the notice of an earlier gap.</summary>
    public void Add(Outgoing dropped)
    {
        var delivery = dropped.Delivery!;
        var (channel, position) = (delivery.Channel!, delivery.Position);
        var gap = _gaps?.GetValueOrDefault(channel) ?? default;
        var next = delivery.CanShed
            ? new Gap(null, position, gap.IsNew && gap.Position.Epoch == position.Epoch ? gap.Cost : CostOf(delivery))
            : new Gap(dropped, position, dropped.Cost);
        Cost += next.Cost - gap.Cost;
        _gaps ??= new Dictionary<string, Gap>(StringComparer.Ordinal);
        _gaps[channel] = next;
    }

    /// <summary>Queues the notices.</summary>
    /// <returns>The bytes that they cost.</returns>
    public int MoveTo(ref OutgoingQueue queue)
    {
        var cost = 0;
        foreach (var (channel, gap) in _gaps ?? [])
        {
            var notice = gap.Notice ?? Outgoing.Text(Delivery.Gap(channel, gap.Position));
            queue.Add(notice);
            cost += notice.Cost;
        }

        this = default;
        return cost;
    }

    // The longest offset: the notice need not be written again for each dropped message.
    private static int CostOf(Delivery dropped) =>
        Delivery.Gap(dropped.Channel!, new ChannelPosition(dropped.Position.Epoch, long.MaxValue)).Cost;

    /// <param name="Notice">The notice that was in the queue already; null for a new one.</param>
    /// <param name="Position">The position of the last dropped message.</param>
    /// <param name="Cost">The most bytes that the notice can cost.</param>
    private readonly record struct Gap(Outgoing? Notice, ChannelPosition Position, int Cost)
    {
        public bool IsNew => Cost > 0 && Notice is null;
    }
}
