namespace WsBalancer.LoadTest.Measuring;

/// <summary>A count that many threads add to.</summary>
internal sealed class Counter
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add() => Interlocked.Increment(ref _value);
}
