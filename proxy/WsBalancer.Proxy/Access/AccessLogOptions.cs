using System.ComponentModel.DataAnnotations;
using System.Runtime.Serialization;

namespace WsBalancer.Proxy.Access;

/// <summary>The access log. Bound from <c>WsBalancer:AccessLog</c>.</summary>
internal sealed record AccessLogOptions : IValidatableObject
{
    private const string StandardOutput = "stdout";

    /// <summary>
    /// The file; a relative one is beside the configuration. <c>stdout</c>: the standard output. Default: <c>off</c>.
    /// </summary>
    // Off, because addresses of users are in it.
    public string Path { get; init; } = "off";

    /// <summary>How a line is written. Default: <c>json</c>.</summary>
    public AccessLogFormat Format { get; init; } = AccessLogFormat.Json;

    /// <summary>The part of the tunnels that have a line. Default: all.</summary>
    // Of tunnels only: refusals are what an operator looks for, and have a rate of their own.
    [Range(0.0, 1.0)]
    public double Sample { get; init; } = 1;

    /// <summary>How user ids are written. Default: <c>hash</c>.</summary>
    public UserIdForm UserId { get; init; } = UserIdForm.Hash;

    /// <summary>Lines a second for refusals; the others are counted. Default: 1000.</summary>
    // A client can cause refusals as often as it likes, and must not fill a disk with them.
    [Range(0, 1_000_000)]
    public int RefusalsPerSecond { get; init; } = 1000;

    /// <summary>Lines that wait to be written; more are dropped and counted. Default: 10000.</summary>
    // A second's worth of the busiest balancer; 5 MB.
    [Range(100, 1_000_000)]
    public int MaxQueued { get; init; } = 10_000;

    public bool IsOff => IsNone(Path);

    public bool IsStandardOutput => Path.Equals(StandardOutput, StringComparison.OrdinalIgnoreCase);

    /// <summary>The file of lines.</summary>
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
    /// <summary>The first 16 hexadecimal digits of its SHA-256.</summary>
    [EnumMember(Value = "hash")]
    Hash,

    /// <summary>As it is.</summary>
    [EnumMember(Value = "plain")]
    Plain,

    /// <summary>Not at all.</summary>
    [EnumMember(Value = "off")]
    Off,
}
