using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>A reload, as the API shows it.</summary>
internal sealed record ReloadView
{
    public ReloadView(ReloadResult result)
    {
        Result = result.Outcome == ReloadOutcome.Applied ? "applied" : "unchanged";
        Moves = [.. result.Moves.Select(move => new ReloadMoveView(move))];
        NeedRestart = result.NeedRestart;
    }

    /// <summary><c>applied</c> or <c>unchanged</c>.</summary>
    public string Result { get; }

    /// <summary>The moves in each cluster that has changed.</summary>
    public IReadOnlyList<ReloadMoveView> Moves { get; }

    /// <summary>Keys whose value differs from that at the start, and that are read at the start only.</summary>
    public IReadOnlyList<string> NeedRestart { get; }
}
