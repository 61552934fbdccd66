using System.Collections.Concurrent;
using WsBalancer.Proxy.Admission;

namespace WsBalancer.Proxy.Placement;

/// <summary>Counts of the failures within the last minute, by cluster. Thread-safe.</summary>
internal sealed class RecentFailures(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Cluster, Rejection? Rejection), MinuteCount> _counts = new();

    /// <summary>Counts a rejection; the cluster is empty if it was rejected before its route.</summary>
    public void Rejected(string cluster, Rejection rejection) => CountOf(cluster, rejection).Add(Second);

    /// <summary>Counts an attempt of a handshake that failed at its node.</summary>
    public void AttemptFailed(string cluster) => CountOf(cluster, null).Add(Second);

    /// <summary>How many requests were rejected, by reason.</summary>
    public IReadOnlyDictionary<Rejection, long> RejectedIn(string cluster)
    {
        var sums = new Dictionary<Rejection, long>();
        foreach (var ((name, rejection), count) in _counts)
        {
            if (rejection is not null && Is(name, cluster) && count.Sum(Second) is > 0 and var sum)
            {
                // A cluster whose id changed its case has two counts.
                sums[rejection] = sums.GetValueOrDefault(rejection) + sum;
            }
        }

        return sums;
    }

    /// <summary>How many attempts of handshakes failed.</summary>
    public long AttemptsFailedIn(string cluster) => _counts
        .Where(count => Is(count.Key.Cluster, cluster) && count.Key.Rejection is null)
        .Sum(count => count.Value.Sum(Second));

    private long Second => time.GetTimestamp() / time.TimestampFrequency;

    private MinuteCount CountOf(string cluster, Rejection? rejection) =>
        _counts.GetOrAdd((cluster, rejection), static _ => new MinuteCount());

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>A count for each of the last sixty seconds.</summary>
    private sealed class MinuteCount
    {
        private const int Seconds = 60;

        private readonly long[] _counts = new long[Seconds];
        private readonly Lock _gate = new();
        private long _last;

        public void Add(long second)
        {
            lock (_gate)
            {
                Advance(second);
                _counts[second % Seconds]++;
            }
        }

        public long Sum(long second)
        {
            lock (_gate)
            {
                Advance(second);
                return _counts.Sum();
            }
        }

        // A thread that was suspended may have read an earlier second, which then counts as one of the last minute.
        private void Advance(long second)
        {
            for (var next = Math.Max(_last + 1, second - Seconds + 1); next <= second; next++)
            {
                _counts[next % Seconds] = 0;
            }

            _last = Math.Max(_last, second);
        }
    }
}
