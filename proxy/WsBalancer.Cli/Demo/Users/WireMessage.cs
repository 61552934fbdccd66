using System.Text.Json.Serialization;

namespace WsBalancer.Cli.Demo.Users;

/// <summary>A message between a sample node and its clients; each type uses some of the fields.</summary>
internal sealed record WireMessage(
    string Type,
    string? Node = null,
    string? User = null,
    string? From = null,
    string? To = null,
    string? Data = null)
{
    public const string Welcome = "welcome";
    public const string Direct = "direct";
}

/// <summary>Serializes the messages between nodes and their clients.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WireMessage))]
internal sealed partial class WireJson : JsonSerializerContext;
