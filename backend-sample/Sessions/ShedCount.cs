using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Counts the messages that were dropped because a client read too slowly, by their priority.</summary>
internal sealed class ShedCount
{
    private readonly long[] _counts = new long[OutgoingMessages.Priorities];

    public long this[Priority priority] => Volatile.Read(ref _counts[(int)priority]);

    public void Add(Priority priority) => Interlocked.Increment(ref _counts[(int)priority]);
}
