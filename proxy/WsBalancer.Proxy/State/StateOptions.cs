using System.ComponentModel.DataAnnotations;
using StackExchange.Redis;

namespace WsBalancer.Proxy.State;

/// <summary>Where changes made at run time are kept, and with whom they are shared. Bound from
/// <c>WsBalancer:State</c>.</summary>
internal sealed record StateOptions : IValidatableObject
{
    private const string NamePattern = "^[A-Za-z0-9._:-]{1,100}$";

    private const string NameExpected = "1 to 100 letters, digits, '.', '_', ':' and '-'";

    /// <summary>
    /// The file; a relative one is beside the configuration. Default: <c>wsbalancer.state.json</c>. <c>off</c>: none.
    /// </summary>
    public string Path { get; init; } = "wsbalancer.state.json";

    /// <summary>
    /// The Redis through which balancers share: <c>HOST:PORT</c>, or a configuration string of StackExchange.Redis.
    /// Default: none, and then this balancer shares with nobody.
    /// </summary>
    [Secret]
    public string? Redis { get; init; }

    /// <summary>What keys and channels in Redis begin with: the same at every balancer of a fleet.</summary>
    [RegularExpression(NamePattern, ErrorMessage = NameExpected)]
    public string Prefix { get; init; } = "wsbalancer";

    /// <summary>Names this balancer: another name at each. Default: the host's name and the admin port.</summary>
    // Decides between decisions made at once, so it had better be the same after a restart.
    [RegularExpression(NamePattern, ErrorMessage = NameExpected)]
    public string? Id { get; init; }

    /// <summary>Whether there is a Redis to share through.</summary>
    public bool IsShared => Redis is not null && !IsNone(Redis);

    /// <summary>The file, if there is to be one.</summary>
    /// <param name="folder">Where a relative path begins.</param>
    public string? FileIn(string folder) => IsNone(Path) ? null : System.IO.Path.GetFullPath(Path, folder);

    /// <summary>
    /// Whether a cluster may have nodes that the configuration does not name: from Redis, or from the state file.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="folder">Where a relative path begins.</param>
    public bool MayHaveNodesOf(string cluster, string folder) =>
        IsShared || (FileIn(folder) is { } file && StateFileContent.HasNodeOf(cluster, file));

    /// <summary>The mistake that the file cannot be there; null if it can.</summary>
    /// <param name="folder">Where a relative path begins.</param>
    public SettingsError? MistakeIn(string folder)
    {
        const string Key = "WsBalancer:State:Path";
        return FileIn(folder) is { } file
            && (Directory.Exists(file) || !Directory.Exists(System.IO.Path.GetDirectoryName(file)))
            ? new SettingsError(Key, $"{Key} is '{Path}': expected a file in a folder that exists, or off")
            : null;
    }

    /// <summary>How Redis is reached; null if it is not, or cannot be read.</summary>
    public ConfigurationOptions? ParseRedis()
    {
        try
        {
            // The client's parser takes a URL for the name of a host.
            return IsShared && !Redis!.Split(',', '=')[0].Contains("://", StringComparison.Ordinal)
                && ConfigurationOptions.Parse(Redis!) is { EndPoints.Count: > 0 } options ? options : null;
        }
        catch (Exception ex) when (ex is ArgumentException or FormatException or OverflowException)
        {
            // There is no other way to ask the client's own parser.
            return null;
        }
    }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Path))
        {
            yield return new ValidationResult("expected the path of a file, or off", [nameof(Path)]);
        }

        if (IsShared && ParseRedis() is null)
        {
            yield return new ValidationResult(
                "expected HOST:PORT, not a URL, or a configuration string of StackExchange.Redis such as "
                + "10.0.0.5:6379,password=…,ssl=true (its value is not shown)",
                [nameof(Redis)]);
        }
    }

    private static bool IsNone(string text) =>
        text.Equals("off", StringComparison.OrdinalIgnoreCase)
        || text.Equals("none", StringComparison.OrdinalIgnoreCase);
}
