using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace WsBalancer.Proxy.Tests;

/// <summary>A clock that only a test advances, and that records the due time of each timer.</summary>
internal sealed class TimerLog : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _due = new();

    /// <summary>The initial due time of every timer so far, in the order of their creation.</summary>
    public IReadOnlyCollection<TimeSpan> Due => _due;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _due.Enqueue(dueTime);
        return timer;
    }

    /// <summary>Waits until <paramref name="count"/> timers were created whose due time matches.</summary>
    public Task Until(Func<TimeSpan, bool> like, int count) =>
        Deadline.Until($"{count} timers like it", () => _due.Count(like) >= count);
}
