using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Resets the tunnels that buffer most before all tunnels together buffer more than
/// <see cref="SocketsOptions.MaxBuffered"/>. Thread-safe.
/// </summary>
/// <remarks>
/// Native tunnels buffer in a <see cref="ChunkStore"/>, whose size is the bound. Bytes of portable tunnels are in
/// buffers of the server and the platform: a leg with a pending write is counted with the most that it may buffer.
/// </remarks>
internal sealed class BufferGuard
{
    private readonly TunnelRegistry _tunnels;
    private readonly ILogger _logger;
    private readonly ChunkStore? _store;
    private readonly long _bound;
    private int _isRelieving;

    // The store is null if there are no event loops.
    public BufferGuard(
        TunnelRegistry tunnels, SocketsOptions options, ChunkStore? store, ILogger<BufferGuard> logger)
    {
        _tunnels = tunnels;
        _logger = logger;
        _store = store;
        _bound = options.BufferBound;
        if (store is not null)
        {
            // Raised on the thread of a loop, which must not be blocked.
            store.RunningLow += () => ThreadPool.UnsafeQueueUserWorkItem(
                static guard => guard.Relieve(), this, preferLocal: false);
        }
    }

    /// <summary>If seven eighths of the bound are used, resets tunnels until three quarters are used.</summary>
    public void Relieve()
    {
        if (Interlocked.Exchange(ref _isRelieving, 1) != 0)
        {
            return;
        }

        try
        {
            var used = _store?.Used ?? 0;
            var buffering = new List<(Tunnel Tunnel, long Bytes)>();
            foreach (var tunnel in _tunnels.All)
            {
                if (tunnel.Buffered is var bytes and > 0)
                {
                    buffering.Add((tunnel, bytes));
                    used += tunnel.Flow.Path == TunnelPath.Portable ? bytes : 0;
                }
            }

            if (used >= _bound / 8 * 7)
            {
                Reset(buffering, used);
            }
        }
        finally
        {
            Volatile.Write(ref _isRelieving, 0);
        }
    }

    private void Reset(List<(Tunnel Tunnel, long Bytes)> buffering, long used)
    {
        buffering.Sort(static (one, other) => other.Bytes.CompareTo(one.Bytes));
        var count = 0;
        for (var excess = used - (_bound / 4 * 3); count < buffering.Count && excess > 0; count++)
        {
            var (tunnel, bytes) = buffering[count];
            tunnel.Flow.Run(static tunnel => tunnel.Reset(TunnelEnd.Memory));
            excess -= bytes;
        }

        TunnelLog.BuffersRelieved(_logger, used, _bound, count);
    }
}
