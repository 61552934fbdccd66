using System.Runtime.CompilerServices;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>The messages that are queued for one client: a queue for each priority.</summary>
internal sealed class OutgoingMessages
{
    /// <summary>The number of priorities.</summary>
    public const int Priorities = (int)Priority.Ephemeral + 1;

    private Queues _queues;

    /// <summary>The queued bytes of texts, with the cost of each message.</summary>
    public int QueuedBytes { get; private set; }

    public bool IsEmpty
    {
        get
        {
            foreach (var queue in (ReadOnlySpan<OutgoingQueue>)_queues)
            {
                if (!queue.IsEmpty)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Queues a text.</summary>
    public void Add(Delivery delivery) => Add(Outgoing.Text(delivery), delivery.Priority);

    /// <summary>Queues the first piece of an echo, in order with the other answers.</summary>
    public void Add(Outgoing echo) => _queues[(int)Priority.Control].Add(echo);

    /// <summary>Takes the oldest message of the highest priority.</summary>
    public Outgoing? Take()
    {
        for (var priority = 0; priority < Priorities; priority++)
        {
            if (_queues[priority].Take() is { } next)
            {
                QueuedBytes -= next.Cost;
                return next;
            }
        }

        return null;
    }

    /// <summary>
    /// Drops messages that are cheaper than a new one, the cheapest and oldest first, until enough bytes are free.
    /// Where stored messages were dropped, the client gets a notice of the gap.
    /// </summary>
    /// <param name="priority">The priority of the new message.</param>
    /// <param name="bytes">The bytes to free.</param>
    /// <param name="shed">Counts the dropped messages by priority.</param>
    public void Shed(Priority priority, int bytes, ShedCount shed)
    {
        var target = QueuedBytes - bytes;
        for (var cheapest = Priority.Ephemeral; cheapest > priority && QueuedBytes > target; cheapest--)
        {
            ShedFrom(cheapest, target, shed);
        }
    }

    private void Add(Outgoing text, Priority priority)
    {
        QueuedBytes += text.Cost;
        _queues[(int)priority].Add(text);
    }

    private void ShedFrom(Priority priority, int target, ShedCount shed)
    {
        ref var queue = ref _queues[(int)priority];
        var kept = default(OutgoingQueue);
        var gaps = default(OutgoingGaps);
        while (QueuedBytes + gaps.Cost > target && queue.Take() is { } oldest)
        {
            QueuedBytes -= oldest.Cost;
            if (oldest.Delivery!.Channel is not null)
            {
                gaps.Add(oldest);
            }
            else if (!oldest.Delivery.CanShed)
            {
                // An answer stays between the gaps before and after it: messages after a "joined" follow it.
                QueuedBytes += gaps.MoveTo(ref kept) + oldest.Cost;
                kept.Add(oldest);
            }

            if (oldest.Delivery.CanShed)
            {
                shed.Add(priority);
            }
        }

        QueuedBytes += gaps.MoveTo(ref kept);
        kept.Append(queue);
        queue = kept;
    }

    [InlineArray(Priorities)]
    private struct Queues
    {
        private OutgoingQueue _first;
    }
}
