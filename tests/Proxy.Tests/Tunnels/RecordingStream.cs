using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels;

/// <summary>A peer in memory: remembers what is written to it; a write can be held up.</summary>
internal class RecordingStream : DuplexStream
{
    private readonly MemoryStream _written = new();
    private TaskCompletionSource? _hold;

    /// <summary>What a read answers; the end of the stream unless set.</summary>
    public Func<CancellationToken, ValueTask<int>> OnRead { get; set; } = _ => ValueTask.FromResult(0);

    /// <summary>Thrown by writes and flushes, if set.</summary>
    public Exception? WriteFailure { get; set; }

    public byte[] Written => _written.ToArray();

    /// <summary>Holds up writes until the result is disposed: a peer that does not read.</summary>
    public IDisposable Hold()
    {
        _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new Release(this);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        OnRead(cancellationToken);

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (WriteFailure is { } failure)
        {
            throw failure;
        }

        if (_hold is { } hold)
        {
            await hold.Task.WaitAsync(cancellationToken);
        }

        _written.Write(buffer.Span);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        WriteFailure is { } failure ? Task.FromException(failure) : Task.CompletedTask;

    private sealed class Release(RecordingStream stream) : IDisposable
    {
        public void Dispose()
        {
            var hold = stream._hold;
            stream._hold = null;
            hold?.SetResult();
        }
    }
}
