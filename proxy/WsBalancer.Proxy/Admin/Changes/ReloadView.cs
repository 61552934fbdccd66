using System.Diagnostics.CodeAnalysis;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>A reload, as the API shows it.</summary>
internal sealed record ReloadView
{
    /// <summary><c>applied</c> or <c>unchanged</c>.</summary>
    [AllowNull]
    public string Result { get; init; } = "";

    /// <summary>The moves in each cluster that has changed.</summary>
    [AllowNull]
    public IReadOnlyList<ReloadMoveView> Moves { get; init; } = [];

    /// <summary>Keys whose value differs from that at the start, and that are read at the start only.</summary>
    [AllowNull]
    public IReadOnlyList<string> NeedRestart { get; init; } = [];

    public static ReloadView From(ReloadResult result) => new()
    {
        Result = result.Outcome == ReloadOutcome.Applied ? "applied" : "unchanged",
        Moves = [.. result.Moves.Select(ReloadMoveView.From)],
        NeedRestart = result.NeedRestart,
    };
}
