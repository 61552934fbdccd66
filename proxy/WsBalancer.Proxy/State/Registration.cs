using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsBalancer.Proxy.State;

/// <summary>What a node writes of itself: <c>{"address": …, "weight": …, "state": "active" | "draining"}</c>.</summary>
internal sealed record Registration(string Address, int Weight = 1, string State = "active")
{
    private const int HighestWeight = 65_535;

    private const int LongestId = 255;

    /// <summary>Reads one.</summary>
    /// <param name="cluster">The cluster of its key, in lower case.</param>
    /// <param name="id">The id of its key.</param>
    /// <param name="json">Its value.</param>
    /// <param name="mistake">What is wrong with it, if the result is null.</param>
    public static NamedNode? Read(string cluster, string id, string json, out string mistake)
    {
        try
        {
            var registration = JsonSerializer.Deserialize(json, RegistrationJsonContext.Default.Registration);
            mistake = registration is null ? "null is no registration" : registration.MistakeWith(id) ?? "";
            return mistake.Length > 0
                ? null
                : new NamedNode(
                    cluster, id, registration!.Address, registration.Weight, registration.State == "draining");
        }
        catch (JsonException ex)
        {
            mistake = ex.Message;
            return null;
        }
    }

    private string? MistakeWith(string id)
    {
        var isId = id.Length is > 0 and <= LongestId
            && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
        if (!isId)
        {
            return $"the id has at most {LongestId} letters, digits, '.', '_' and '-'";
        }

        if (!Uri.TryCreate(Address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return "expected an address such as http://10.0.0.1:5000";
        }

        if (Weight is < 0 or > HighestWeight)
        {
            return $"expected a weight from 0 to {HighestWeight}";
        }

        return State is "active" or "draining" ? null : "expected the state active or draining";
    }
}

// Nodes of any make write it, and may say more.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Registration))]
internal sealed partial class RegistrationJsonContext : JsonSerializerContext;
