namespace WsBalancer.Cli.Tests.RingCompare;

/// <summary>
/// A clock that advances by a fixed time with each reading, so that every measured time is known. With a fixed time of
/// zero, it advances only by <see cref="Advance"/>.
/// </summary>
internal sealed class SteadyClock(TimeSpan perGlance) : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => _ticks += time.Ticks;

    public override long GetTimestamp() => _ticks += perGlance.Ticks;
}
