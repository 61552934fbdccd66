using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels;

/// <summary>A peer in memory that records the bytes written to it; writes can be blocked.</summary>
internal class RecordingStream : DuplexStream
{
    private readonly MemoryStream _written = new();
    private TaskCompletionSource? _hold;

    /// <summary>The result of a read; by default the end of the stream.</summary>
    public Func<CancellationToken, ValueTask<int>> OnRead { get; set; } = _ => ValueTask.FromResult(0);

    /// <summary>The exception that writes and flushes throw; null for none.</summary>
    public Exception? WriteFailure { get; set; }

    public byte[] Written => _written.ToArray();

    /// <summary>Blocks writes until the result is disposed of, like a peer that does not read.</summary>
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
