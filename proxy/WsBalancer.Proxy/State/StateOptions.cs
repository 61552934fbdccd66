using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Where changes made at run time are stored, and through which Redis they are shared. Bound from
/// <c>WsBalancer:State</c>.
/// </summary>
internal sealed record StateOptions : IValidatableObject
{
    private const string NamePattern = "^[A-Za-z0-9._:-]{1,100}$";

    private const string NameExpected = "1 to 100 letters, digits, '.', '_', ':' and '-'";

    /// <summary>
    /// The path of the file; a relative path starts at the folder of the configuration. Default:
    /// <c>wsbalancer.state.json</c>. <c>off</c>: no file.
    /// </summary>
    public string Path { get; init; } = "wsbalancer.state.json";

    /// <summary>
    /// The Redis through which balancers share: <c>HOST:PORT</c>, or a configuration string of StackExchange.Redis.
    /// Default: none, and then this balancer does not share.
    /// </summary>
    [Secret]
    public string? Redis { get; init; }

    /// <summary>The prefix of keys and channels in Redis: the same at every balancer of a fleet.</summary>
    [RegularExpression(NamePattern, ErrorMessage = NameExpected)]
    public string Prefix { get; init; } = "wsbalancer";

    /// <summary>The name of this balancer, unique in the fleet. Default: the host's name and the admin port.</summary>
    // The id decides between concurrent decisions, so it should be the same after a restart.
    [RegularExpression(NamePattern, ErrorMessage = NameExpected)]
    public string? Id { get; init; }

    /// <summary>Whether there is a Redis to share through.</summary>
    [MemberNotNullWhen(true, nameof(Redis))]
    public bool IsShared => Redis is not null && !IsNone(Redis);

    /// <summary>The full path of the file; null if there is none.</summary>
    /// <param name="folder">The folder at which a relative path starts.</param>
    public string? FileIn(string folder) => IsNone(Path) ? null : System.IO.Path.GetFullPath(Path, folder);

    /// <summary>
    /// Whether a cluster may have nodes that the configuration does not name: from Redis, or from the state file.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="folder">The folder at which a relative path starts.</param>
    public bool MayHaveNodesOf(string cluster, string folder) =>
        IsShared || (FileIn(folder) is { } file && StateFileContent.HasNodeOf(cluster, file));

    /// <summary>The mistake if the file cannot exist at the path; otherwise null.</summary>
    /// <param name="folder">The folder at which a relative path starts.</param>
    public SettingsError? MistakeIn(string folder)
    {
        const string Key = "WsBalancer:State:Path";
        return FileIn(folder) is { } file
            && (Directory.Exists(file) || !Directory.Exists(System.IO.Path.GetDirectoryName(file)))
            ? new SettingsError(Key, $"{Key} is '{Path}': expected a file in a folder that exists, or off")
            : null;
    }

    /// <summary>The options of the connection to Redis; null without Redis, or if the text cannot be parsed.</summary>
    public ConfigurationOptions? ParseRedis()
    {
        try
        {
            // The client's parser accepts a URL as the name of a host.
            return IsShared && !Redis.Split(',', '=')[0].Contains("://", StringComparison.Ordinal)
                && ConfigurationOptions.Parse(Redis) is { EndPoints.Count: > 0 } options ? options : null;
        }
        catch (Exception ex) when (ex is ArgumentException or FormatException or OverflowException)
        {
            // The client's parser reports a mistake only with an exception.
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
