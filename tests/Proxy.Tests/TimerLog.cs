using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace WsBalancer.Proxy.Tests;

/// <summary>A clock that stands still until it is advanced, and remembers what was asked to be waited for.</summary>
internal sealed class TimerLog : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _due = new();

    /// <summary>What every timer so far was first set to, in the order of their making.</summary>
    public IReadOnlyCollection<TimeSpan> Due => _due;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _due.Enqueue(dueTime);
        return timer;
    }

    /// <summary>Waits until so many timers were set to a time like this.</summary>
    public Task Until(Func<TimeSpan, bool> like, int count) =>
        Deadline.Until($"{count} timers like it", () => _due.Count(like) >= count);
}
