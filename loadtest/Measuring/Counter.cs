namespace WsBalancer.LoadTest.Measuring;

/// <summary>A thread-safe count.</summary>
internal sealed class Counter
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add() => Interlocked.Increment(ref _value);
}
