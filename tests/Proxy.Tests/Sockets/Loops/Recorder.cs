using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>A handler that records every event.</summary>
internal sealed class Recorder : ISocketHandler
{
    private readonly Lock _lock = new();
    private readonly MemoryStream _bytes = new();
    private readonly List<int> _errors = [];
    private int _writable;
    private int _ended;
    private int _calls;

    /// <summary>An additional action, on the loop's thread.</summary>
    public Action? WhenReceived { get; set; }

    /// <inheritdoc cref="WhenReceived"/>
    public Action? WhenEnded { get; set; }

    /// <inheritdoc cref="WhenReceived"/>
    public Action? WhenWritable { get; set; }

    public byte[] Bytes => Read(_bytes.ToArray);

    public long Length => Read(() => _bytes.Length);

    public int[] Errors => Read(_errors.ToArray);

    public int WritableCount => Read(() => _writable);

    public int EndedCount => Read(() => _ended);

    /// <summary>The number of calls.</summary>
    public int Calls => Read(() => _calls);

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        Assert.False(bytes.IsEmpty);
        lock (_lock)
        {
            _calls++;
            _bytes.Write(bytes);
        }

        WhenReceived?.Invoke();
    }

    public void OnWritable()
    {
        lock (_lock)
        {
            _calls++;
            _writable++;
        }

        WhenWritable?.Invoke();
    }

    public void OnEof()
    {
        lock (_lock)
        {
            _calls++;
            _ended++;
        }

        WhenEnded?.Invoke();
    }

    public void OnError(int error)
    {
        lock (_lock)
        {
            _calls++;
            _errors.Add(error);
        }
    }

    private T Read<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }
}
