using System.Diagnostics.CodeAnalysis;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>The users and tunnels of a cluster that a reload moves, as the API shows them.</summary>
internal sealed record ReloadMoveView
{
    [AllowNull]
    public string Cluster { get; init; } = "";

    /// <summary>The part of the users that gets another home, 0…1.</summary>
    public double Moved { get; init; }

    /// <summary>Open tunnels of this balancer whose user gets another home.</summary>
    public int TunnelsMoved { get; init; }

    [AllowNull]
    public IReadOnlyList<string> Joined { get; init; } = [];

    [AllowNull]
    public IReadOnlyList<string> Left { get; init; } = [];

    [AllowNull]
    public IReadOnlyList<string> Reweighed { get; init; } = [];

    /// <summary>The move in words.</summary>
    [AllowNull]
    public string Text { get; init; } = "";

    public static ReloadMoveView From(ClusterMove move) => new()
    {
        Cluster = move.Cluster,
        Moved = move.Moved,
        TunnelsMoved = move.TunnelsMoved,
        Joined = move.Joined,
        Left = move.Left,
        Reweighed = move.Reweighed,
        Text = move.ToString(),
    };
}
