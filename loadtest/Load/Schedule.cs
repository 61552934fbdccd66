using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Load;

/// <summary>The intended times of <see cref="Count"/> events, fixed before the first event starts.</summary>
/// <remarks>
/// Every time is computed from the start, never from the previous event, so that rounding and late events cannot add up
/// to a drift.
/// </remarks>
internal readonly record struct Schedule(long Start, long Count, Rate Rate, long TimestampFrequency)
{
    public static Schedule StartingNow(TimeProvider time, long count, Rate rate) =>
        new(time.GetTimestamp(), count, rate, time.TimestampFrequency);

    /// <summary>All events whose intended time is within <paramref name="length"/>, its end excluded.</summary>
    public static Schedule Lasting(TimeProvider time, TimeSpan length, Rate rate) =>
        StartingNow(time, (long)Math.Ceiling(length.TotalSeconds * rate.PerSecond), rate);

    /// <summary>The intended time of event <paramref name="index"/> (from 0), as a timestamp.</summary>
    public long IntendedAt(long index) =>
        Start + (long)Math.Round(index * (double)TimestampFrequency / Rate.PerSecond);
}
