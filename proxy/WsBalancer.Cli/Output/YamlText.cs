using System.Text.Json;
using YamlDotNet.Serialization;

namespace WsBalancer.Cli.Output;

/// <summary>A JSON document as YAML, with its fields in their order.</summary>
internal static class YamlText
{
    private static readonly ISerializer Serializer = new SerializerBuilder().WithQuotingNecessaryStrings().Build();

    /// <returns>Lines, the last of which ends with a line feed.</returns>
    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Serializer.Serialize(ValueOf(document.RootElement));
    }

    private static object? ValueOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .ToDictionary(field => field.Name, field => ValueOf(field.Value)),
        JsonValueKind.Array => element.EnumerateArray().Select(ValueOf).ToList(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : element.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => element.GetBoolean(),
        JsonValueKind.Null => null,
        _ => element.GetString(),
    };
}
