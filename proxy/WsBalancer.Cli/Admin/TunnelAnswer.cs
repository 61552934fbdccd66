namespace WsBalancer.Cli.Admin;

/// <summary>One live tunnel of a user.</summary>
internal sealed record TunnelAnswer(string Id, string Node, DateTimeOffset OpenedAt, bool Misplaced);
