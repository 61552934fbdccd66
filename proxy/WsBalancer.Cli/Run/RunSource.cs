namespace WsBalancer.Cli.Run;

/// <summary>Where a run gets its configuration: a file, or settings from the command line.</summary>
internal sealed record RunSource(string? File, IReadOnlyDictionary<string, string?>? Settings);
