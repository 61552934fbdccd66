using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>
/// Counts handshakes, and decides whether a rebalance may move more users to a node: not if three handshakes in a row
/// failed there, or more than half of at least five within ten seconds. Thread-safe.
/// </summary>
internal sealed class HandshakeTally(TimeProvider time)
{
    private const int InARow = 3;
    private const int Enough = 5;
    private const int Seconds = 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<NodeKey, Outcomes> _nodes = [];
    private readonly long _begun = time.GetTimestamp();

    public void Add(NodeKey node, bool succeeded)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(node, out var outcomes))
            {
                _nodes[node] = outcomes = new Outcomes();
            }

            outcomes.Add(Second, succeeded);
        }
    }

    /// <summary>Why no more users may be moved to the node, in words; null if they may.</summary>
    public string? FailureReason(NodeKey node)
    {
        lock (_gate)
        {
            return _nodes.GetValueOrDefault(node)?.FailureReason(Second);
        }
    }

    private long Second => (long)time.GetElapsedTime(_begun).TotalSeconds;

    // Counts by second, so that the memory is ten entries, however many handshakes there are.
    private sealed class Outcomes
    {
        private readonly (long Second, int All, int Failed)[] _seconds = new (long, int, int)[Seconds];
        private int _consecutive;

        public void Add(long second, bool succeeded)
        {
            _consecutive = succeeded ? 0 : _consecutive + 1;
            ref var slot = ref _seconds[second % Seconds];
            slot = slot.Second == second ? slot : (second, 0, 0);
            slot = (second, slot.All + 1, slot.Failed + (succeeded ? 0 : 1));
        }

        public string? FailureReason(long second)
        {
            var recent = _seconds.Where(slot => slot.Second > second - Seconds).ToArray();
            var (all, failed) = (recent.Sum(slot => slot.All), recent.Sum(slot => slot.Failed));
            if (_consecutive >= InARow)
            {
                return $"{_consecutive} handshakes in a row failed";
            }

            return all >= Enough && failed * 2 > all
                ? $"{failed} of {all} handshakes within {Seconds} s failed"
                : null;
        }
    }
}
