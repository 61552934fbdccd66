namespace WsBalancer.Cli.Tests.RingCompare;

/// <summary>
/// A clock that each glance moves on by so much: nothing waits, and every time it measures is known. With none it
/// stands still but for <see cref="Advance"/>.
/// </summary>
internal sealed class SteadyClock(TimeSpan perGlance) : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => _ticks += time.Ticks;

    public override long GetTimestamp() => _ticks += perGlance.Ticks;
}
