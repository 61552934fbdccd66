using System.ComponentModel.DataAnnotations;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>Where events are kept over restarts. Bound from <c>WsBalancer:Admin:Events</c>.</summary>
internal sealed record EventLogOptions
{
    private const string Key = "WsBalancer:Admin:Events:Path";

    /// <summary>
    /// The file; a relative path begins in the folder of the configuration. <c>off</c>: none. Default: the path of the
    /// state file with <c>.events.jsonl</c> instead of <c>.json</c>; none if there is no state file.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>The maximum size of the file and its predecessor, <c>.1</c>, together. Default: 10 MB.</summary>
    // Some forty thousand events: years of a quiet fleet, weeks of a busy one.
    [Range(typeof(ByteSize), "64KB", "1GB")]
    public ByteSize MaxSize { get; init; } = 10 * 1024 * 1024;

    /// <summary>The full path of the file; null for none.</summary>
    /// <param name="folder">The folder in which a relative path begins.</param>
    /// <param name="stateFile">The state file; null without one.</param>
    public string? FileIn(string folder, string? stateFile) => Path switch
    {
        null => stateFile is null ? null : System.IO.Path.ChangeExtension(stateFile, ".events.jsonl"),
        _ when IsNone(Path) => null,
        _ => System.IO.Path.GetFullPath(Path, folder),
    };

    /// <summary>The error if the path cannot be that of the file; null if it can.</summary>
    /// <param name="folder">The folder in which a relative path begins.</param>
    public SettingsError? MistakeIn(string folder) =>
        Path is not null
        && (Path.Length == 0
            || (FileIn(folder, null) is { } file
                && (Directory.Exists(file) || !Directory.Exists(System.IO.Path.GetDirectoryName(file)))))
            ? new SettingsError(Key, $"{Key} is '{Path}': expected a file in a folder that exists, or off")
            : null;

    private static bool IsNone(string text) =>
        text.Equals("off", StringComparison.OrdinalIgnoreCase)
        || text.Equals("none", StringComparison.OrdinalIgnoreCase);
}
