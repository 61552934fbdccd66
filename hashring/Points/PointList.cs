namespace WsBalancer.HashRing.Points;

/// <summary>Gathers the points of a ring, node by node.</summary>
internal sealed class PointList<T>
    where T : unmanaged
{
    private readonly List<T> _hashes = [];
    private readonly List<int> _nodes = [];

    public int Count => _hashes.Count;

    public void Add(T hash, int node)
    {
        _hashes.Add(hash);
        _nodes.Add(node);
    }

    public T[] Hashes() => [.. _hashes];

    public int[] Nodes() => [.. _nodes];
}
