using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Runtime.Serialization;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests;

/// <summary>A record with a setting of every kind that <see cref="SettingsReader"/> supports.</summary>
internal sealed record SampleSettings : IValidatableObject
{
    [RegularExpression("^[a-z]+$", ErrorMessage = "lower-case letters")]
    public string Name { get; init; } = "chat";

    [Range(1, 1_000_000)]
    public int RatePerSecond { get; init; } = 100;

    [Range(0, long.MaxValue)]
    public long Bytes { get; init; } = 5_000_000_000;

    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Jitter { get; init; } = 0.1;

    public bool FollowLive { get; init; }

    public SampleMode Mode { get; init; }

    [Range(typeof(ByteSize), "1KB", "1MB")]
    public ByteSize Buffer { get; init; } = 64 * 1024;

    [Range(typeof(TimeSpan), "1s", "01:00:00")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(10);

    [Range(typeof(TimeSpan), "1s", "1h")]
    public TimeSpan? KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    [Range(1, 10)]
    public int? Limit { get; init; }

    public Uri? Url { get; init; }

    [RegularExpression("^[a-z]:[a-z]+$")]
    public IReadOnlyList<string> Keys { get; init; } = [];

    public string[] Words { get; init; } = [];

    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    public SampleSection Section { get; init; } = new();

    public SampleSection? OtherSection { get; init; }

    public int Computed => RatePerSecond * 2;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeepAlive > Deadline)
        {
            yield return new ValidationResult("expected at most Deadline", [nameof(KeepAlive), nameof(Deadline)]);
        }

        if (Words.Contains("bad"))
        {
            yield return new ValidationResult("'bad' is not a good word", [$"{nameof(Words)}:{Words.IndexOf("bad")}"]);
        }

        if (RatePerSecond == 13)
        {
            yield return new ValidationResult("expected better luck");
        }
    }
}

internal sealed record SampleSection : IValidatableObject
{
    [Secret]
    [RegularExpression("^.{8,}$", ErrorMessage = "at least 8 characters")]
    public string? Token { get; init; } = "initial-token";

    public int Size { get; init; } = 1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Token == "password")
        {
            yield return new ValidationResult("expected something less obvious", [nameof(Token)]);
        }
    }
}

internal sealed record SampleRequirements
{
    [Required]
    public string? Id { get; init; }

    [Required]
    public IReadOnlyList<string> UserKey { get; init; } = [];

    public SampleRequiredSection Inner { get; init; } = new();

    public SampleRequiredSection? Optional { get; init; }
}

internal sealed record SampleRequiredSection
{
    [Required]
    public string? Path { get; init; }
}

internal enum SampleMode
{
    Reject,
    Spread,

    [EnumMember(Value = "in_turn")]
    InTurn,
}
