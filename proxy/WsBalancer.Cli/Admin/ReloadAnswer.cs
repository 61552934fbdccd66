namespace WsBalancer.Cli.Admin;

/// <summary>The result of a reload that was not refused.</summary>
internal sealed record ReloadAnswer(
    string Result, IReadOnlyList<MoveAnswer> Moves, IReadOnlyList<string> NeedRestart);

/// <summary>The users that a reload moves in a cluster: the fraction, and a text.</summary>
internal sealed record MoveAnswer(string Cluster, double Moved, string Text);
