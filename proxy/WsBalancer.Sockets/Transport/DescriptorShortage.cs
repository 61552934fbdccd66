using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// Handles the periods in which no client can be accepted, for all endpoints together: logs the beginning and the end
/// of a period, and retries accepting at intervals.
/// </summary>
internal sealed class DescriptorShortage(TimeProvider time, IClientRefusal refusal, ILogger<DescriptorShortage> logger)
    : IDisposable
{
    // Short enough for the clients in the backlog, long enough to cost nothing.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // At the limit, a client can be accepted whenever a connection ends, which does not end the shortage.
    private static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<LoopAcceptor> _waiting = [];
    private ITimer? _timer;
    private long _last;
    private long _refused;

    /// <summary>Records that an acceptor cannot accept: it retries after a pause.</summary>
    public void RecordAcceptFailure(LoopAcceptor acceptor, int error)
    {
        lock (_lock)
        {
            _waiting.Add(acceptor);
        }

        Record(error);
    }

    /// <summary>Records that descriptors, memory or the like do not suffice to accept a client.</summary>
    public void Record(int error)
    {
        lock (_lock)
        {
            _last = time.GetTimestamp();
            if (_timer is null)
            {
                TransportLog.ShortageBegan(logger, Marshal.GetPInvokeErrorMessage(error));
                _timer = time.CreateTimer(
                    static self => CallbackState.Of<DescriptorShortage>(self).Try(), this, Pause, Pause);
            }
        }
    }

    /// <summary>Counts a client that is refused.</summary>
    /// <returns>The response to the client.</returns>
    public byte[] Refuse()
    {
        Interlocked.Increment(ref _refused);
        return refusal.Refused();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _timer?.Dispose();
        }
    }

    private void Try()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 && time.GetElapsedTime(_last) >= RecoveryTime)
            {
                TransportLog.ShortageEnded(logger, Interlocked.Exchange(ref _refused, 0));
                _timer?.Dispose();
                _timer = null;
            }

            foreach (var acceptor in _waiting)
            {
                acceptor.Loop.Post(static waiting => ((LoopAcceptor)waiting).Retry(), acceptor);
            }

            _waiting.Clear();
        }
    }
}
