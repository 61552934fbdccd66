using System.Buffers.Text;
using System.Collections.Concurrent;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Benchmark;

/// <summary>A member that measures the time from the publish of each message to its delivery.</summary>
internal sealed class BenchMember(TimeProvider time) : IAudienceMember
{
    private static readonly byte[] Mark = [.. "\"at\":\""u8];

    private readonly ConcurrentQueue<TimeSpan> _latencies = new();
    private long _received;

    public long FreeBytes => long.MaxValue;

    public long Received => Interlocked.Read(ref _received);

    /// <summary>The latencies since the last call, in order of their size.</summary>
    public TimeSpan[] TakeLatencies()
    {
        var latencies = _latencies.ToArray();
        _latencies.Clear();
        Array.Sort(latencies);
        return latencies;
    }

    /// <summary>Notifies of each message.</summary>
    public event Action? Delivered;

    public void Post(Delivery delivery)
    {
        var text = delivery.Bytes.Span;
        var mark = text.IndexOf(Mark);
        if (mark < 0 || !Utf8Parser.TryParse(text[(mark + Mark.Length)..], out long sentAt, out _))
        {
            return;
        }

        _latencies.Enqueue(time.GetElapsedTime(sentAt));
        Interlocked.Increment(ref _received);
        Delivered?.Invoke();
    }
}
