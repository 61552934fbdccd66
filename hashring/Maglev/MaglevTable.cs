namespace WsBalancer.HashRing.Maglev;

/// <summary>
/// Fills a table in turns: each node takes the next free slot of its own permutation. Eisenbud and others, "Maglev: A
/// Fast and Reliable Software Network Load Balancer", NSDI 2016, §3.4; with weights as in Envoy.
/// </summary>
internal static class MaglevTable
{
    /// <summary>
    /// With a prime size, every skip visits every slot. Default and maximum are Envoy's; the paper recommends more than
    /// 100 slots for each node.
    /// </summary>
    public static RingTableSize Sizes { get; } = new(Default: 65_537, Min: 2, Max: 5_000_011, IsPrime: true);

    /// <summary>The owner of every slot.</summary>
    /// <param name="entries">The nodes in the order of their turns; at least one.</param>
    /// <param name="size">A prime number.</param>
    public static ushort[] Fill(MaglevEntry[] entries, int size)
    {
        var owners = new ushort[size];
        var isTaken = new bool[size];
        var turns = Array.ConvertAll(entries, entry => new Turn(entry, size));
        var heaviest = entries.Max(static entry => entry.Weight);
        var free = size;
        for (var round = 1; free > 0; round++)
        {
            for (var i = 0; i < turns.Length && free > 0; i++)
            {
                ref var turn = ref turns[i];
                if (turn.Skips(round))
                {
                    continue;
                }

                var slot = turn.Take(isTaken, heaviest);
                owners[slot] = turn.Node;
                free--;
            }
        }

        return owners;
    }

    /// <summary>The progress of a node in its permutation, and the round in which it takes its next slot.</summary>
    private struct Turn(MaglevEntry entry, int size)
    {
        private readonly int _step = (int)(entry.Skip % ((ulong)size - 1)) + 1;
        private readonly double _weight = entry.Weight;
        private int _next = (int)(entry.Offset % (ulong)size);
        private double _target;

        public ushort Node { get; } = (ushort)entry.Node;

        // A lighter node skips rounds: it takes a slot only when the rounds times its own weight have reached the
        // target.
        public readonly bool Skips(int round) => round * _weight < _target;

        public int Take(bool[] isTaken, double heaviest)
        {
            _target += heaviest;
            while (isTaken[_next])
            {
                Advance(isTaken.Length);
            }

            var slot = _next;
            isTaken[slot] = true;
            Advance(isTaken.Length);
            return slot;
        }

        private void Advance(int size)
        {
            _next += _step;
            _next = _next >= size ? _next - size : _next;
        }
    }
}
