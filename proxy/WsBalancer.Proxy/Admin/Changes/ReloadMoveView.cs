using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>The users and tunnels of a cluster that a reload moves, as the API shows them.</summary>
internal sealed record ReloadMoveView
{
    public ReloadMoveView(ClusterMove move)
    {
        (Cluster, Moved, TunnelsMoved) = (move.Cluster, move.Moved, move.TunnelsMoved);
        (Joined, Left, Reweighed) = (move.Joined, move.Left, move.Reweighed);
        Text = move.ToString();
    }

    public string Cluster { get; }

    /// <summary>The part of the users that gets another home, 0…1.</summary>
    public double Moved { get; }

    /// <summary>Open tunnels of this balancer whose user gets another home.</summary>
    public int TunnelsMoved { get; }

    public IReadOnlyList<string> Joined { get; }

    public IReadOnlyList<string> Left { get; }

    public IReadOnlyList<string> Reweighed { get; }

    /// <summary>The move in words.</summary>
    public string Text { get; }
}
