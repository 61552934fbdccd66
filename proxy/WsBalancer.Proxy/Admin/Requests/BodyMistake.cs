using System.Text.Json;
using System.Text.RegularExpressions;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>Describes the mistake in a body that is JSON, with the names and values of the sender.</summary>
internal static partial class BodyMistake
{
    private const int LongestValue = 60;

    /// <param name="exception">The error of the deserializer, with the path of the mistake.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="type">The type of the body.</param>
    public static string Of(JsonException exception, JsonElement body, Type type)
    {
        var (element, expected, path) = (body, "an object", "");
        foreach (Match step in Steps().Matches(exception.Path ?? ""))
        {
            var name = step.Groups["name"].Value;
            if (IsMap(type) && !element.TryGetProperty(name, out _))
            {
                // The pattern cuts off a name that contains quotes and brackets; the whole map is shown then.
                break;
            }

            path += step.Groups["index"].Success ? step.Value : path.Length == 0 ? name : $".{name}";
            if (step.Groups["index"].Success)
            {
                (element, type) = (element[int.Parse(step.Groups["index"].ValueSpan, null)], ItemOf(type));
            }
            else if (IsMap(type))
            {
                (element, type) = (element.GetProperty(name), ItemOf(type));
            }
            else if (BodyField.Of(type).FirstOrDefault(field => field.Name == name) is { } field)
            {
                (element, type, expected) = (element.GetProperty(name), field.Property.PropertyType, field.Expected);
            }
            else
            {
                return $"There is no field '{path}' here; known: {Known(type)}.";
            }
        }

        var raw = element.GetRawText();
        var value = raw.Length > LongestValue ? raw[..LongestValue] + "…" : raw;
        return $"{(path.Length == 0 ? "The body" : $"'{path}'")} is {value}: expected {expected}.";
    }

    private static string Known(Type type) => string.Join(", ", BodyField.Of(type).Select(field => field.Name));

    private static bool IsMap(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>);

    private static Type ItemOf(Type type) => type.IsGenericType ? type.GetGenericArguments()[^1] : type;

    // The form of paths in System.Text.Json: $.add[0].id, and $.weights['ws.1'] for a name that contains a dot.
    [GeneratedRegex(@"\.(?<name>[^.\[\]]+)|\['(?<name>.*?)'\]|\[(?<index>\d+)\]", RegexOptions.CultureInvariant)]
    private static partial Regex Steps();
}
