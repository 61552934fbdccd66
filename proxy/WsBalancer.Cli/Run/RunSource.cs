namespace WsBalancer.Cli.Run;

/// <summary>Where a run gets its configuration: a file, or settings from the command line.</summary>
internal sealed record RunSource(string? File, IReadOnlyDictionary<string, string?>? Settings)
{
    /// <summary>Where relative paths of the configuration begin.</summary>
    public string Folder => Path.GetDirectoryName(File) ?? Environment.CurrentDirectory;
}
