namespace WsBalancer.Cli.Admin;

/// <summary>What became of a reload that was not refused.</summary>
internal sealed record ReloadAnswer(
    string Result, IReadOnlyList<MoveAnswer> Moves, IReadOnlyList<string> NeedRestart);

/// <summary>What a reload moves in a cluster, in words.</summary>
internal sealed record MoveAnswer(string Cluster, double Moved, string Text);
