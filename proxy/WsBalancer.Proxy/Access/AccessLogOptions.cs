using System.ComponentModel.DataAnnotations;
using System.Runtime.Serialization;

namespace WsBalancer.Proxy.Access;

/// <summary>The access log. Bound from <c>WsBalancer:AccessLog</c>.</summary>
internal sealed record AccessLogOptions : IValidatableObject
{
    private const string StandardOutput = "stdout";

    /// <summary>
    /// The path of the file; a relative path begins at the folder of the configuration. <c>stdout</c>: the standard
    /// output. Default: <c>off</c>.
    /// </summary>
    // Off, because the lines contain addresses of users.
    public string Path { get; init; } = "off";

    /// <summary>How a line is written. Default: <c>json</c>.</summary>
    public AccessLogFormat Format { get; init; } = AccessLogFormat.Json;

    /// <summary>The part of the tunnels that have a line. Default: all.</summary>
    // Refusals are not sampled: operators search for them, and they have a limit of their own.
    [Range(0.0, 1.0)]
    public double Sample { get; init; } = 1;

    /// <summary>How user ids are written. Default: <c>hash</c>.</summary>
    public UserIdForm UserId { get; init; } = UserIdForm.Hash;

    /// <summary>Lines a second for refusals; the others are counted. Default: 1000.</summary>
    // Clients can cause any number of refusals, which must not fill a disk.
    [Range(0, 1_000_000)]
    public int RefusalsPerSecond { get; init; } = 1000;

    /// <summary>
    /// The number of lines that may wait for the writer; more are dropped and counted. Default: 10000.
    /// </summary>
    // The lines of one second at a very busy balancer; about 5 MB.
    [Range(100, 1_000_000)]
    public int MaxQueued { get; init; } = 10_000;

    public bool IsOff => IsNone(Path);

    public bool IsStandardOutput => Path.Equals(StandardOutput, StringComparison.OrdinalIgnoreCase);

    /// <summary>The full path of the file.</summary>
    /// <param name="folder">Where a relative path begins.</param>
    public string FileIn(string folder) => System.IO.Path.GetFullPath(Path, folder);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Path))
        {
            yield return new ValidationResult("expected the path of a file, stdout, or off", [nameof(Path)]);
        }
    }

    private static bool IsNone(string text) =>
        text.Equals("off", StringComparison.OrdinalIgnoreCase)
        || text.Equals("none", StringComparison.OrdinalIgnoreCase);
}

/// <summary>How a line of the access log is written.</summary>
internal enum AccessLogFormat
{
    /// <summary>A JSON object.</summary>
    [EnumMember(Value = "json")]
    Json,

    /// <summary>Fields as <c>name=value</c>, in an order that never changes.</summary>
    [EnumMember(Value = "text")]
    Text,
}

/// <summary>How a user id is written.</summary>
internal enum UserIdForm
{
    /// <summary>The first 16 hexadecimal digits of the SHA-256 of the id.</summary>
    [EnumMember(Value = "hash")]
    Hash,

    /// <summary>The id itself.</summary>
    [EnumMember(Value = "plain")]
    Plain,

    /// <summary>No id.</summary>
    [EnumMember(Value = "off")]
    Off,
}
