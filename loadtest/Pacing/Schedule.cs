using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Pacing;

/// <summary>When each of <see cref="Count"/> events is meant to happen, fixed before the first one does.</summary>
/// <remarks>Every time is computed from the start, never from the event before, so that rounding and late events
/// cannot add up to a drift.</remarks>
internal readonly record struct Schedule(long Start, long Count, Rate Rate, long TimestampFrequency)
{
    public static Schedule StartingNow(TimeProvider time, long count, Rate rate) =>
        new(time.GetTimestamp(), count, rate, time.TimestampFrequency);

    /// <summary>As many events as begin within <paramref name="length"/>; one at its very end does not.</summary>
    public static Schedule Lasting(TimeProvider time, TimeSpan length, Rate rate) =>
        StartingNow(time, (long)Math.Ceiling(length.TotalSeconds * rate.PerSecond), rate);

    /// <summary>The intended time of event <paramref name="index"/> (from 0), as a timestamp.</summary>
    public long IntendedAt(long index) => Start + (long)(index / Rate.PerSecond * TimestampFrequency);
}
