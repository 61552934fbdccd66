namespace WsBalancer.Cli.Run;

/// <summary>Where a run gets its configuration: a file, or settings from the command line.</summary>
internal sealed record RunSource(string? File, IReadOnlyDictionary<string, string?>? Settings)
{
    /// <summary>The least level of the balancer's own categories; null for that of the configuration.</summary>
    public string? LogLevel { get; init; }

    /// <summary>Where relative paths of the configuration begin.</summary>
    public string Folder => Path.GetDirectoryName(File) ?? Environment.CurrentDirectory;
}
