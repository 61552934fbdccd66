namespace WsBalancer.Cli.Admin;

/// <summary>RFC 9457 problem details.</summary>
internal sealed record ProblemAnswer(string? Title, string? Detail, IReadOnlyList<string>? Reasons);
