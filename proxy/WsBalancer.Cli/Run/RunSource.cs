namespace WsBalancer.Cli.Run;

/// <summary>The source of the configuration: a file, or settings from the command line.</summary>
internal sealed record RunSource(string? File, IReadOnlyDictionary<string, string?>? Settings)
{
    /// <summary>The minimum level of the balancer's own categories; null for that of the configuration.</summary>
    public string? LogLevel { get; init; }

    /// <summary>The folder at which relative paths of the configuration start.</summary>
    public string Folder => Path.GetDirectoryName(File) ?? Environment.CurrentDirectory;
}
