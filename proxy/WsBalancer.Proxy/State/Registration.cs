using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsBalancer.Proxy.State;

/// <summary>The registration of a node: <c>{"address": …, "weight": …, "state": "active" | "draining"}</c>.</summary>
internal sealed record Registration(string Address, int Weight = 1, string State = "active")
{
    /// <summary>Reads a registration.</summary>
    /// <param name="cluster">The cluster in the key, in lower case.</param>
    /// <param name="id">The id in the key.</param>
    /// <param name="json">The value of the key.</param>
    /// <param name="mistake">The mistake, if the result is null.</param>
    public static NamedNode? Read(string cluster, string id, string json, out string mistake)
    {
        try
        {
            var registration = JsonSerializer.Deserialize(json, RegistrationJsonContext.Default.Registration);
            mistake = registration is null ? "null is no registration" : registration.MistakeWith(id) ?? "";
            return registration is null || mistake.Length > 0
                ? null
                : new NamedNode(
                    cluster, id, registration.Address, registration.Weight, registration.State == "draining");
        }
        catch (JsonException ex)
        {
            mistake = ex.Message;
            return null;
        }
    }

    private string? MistakeWith(string id) => this switch
    {
        _ when !NodeBounds.IsId(id) => $"its id is '{id}': expected {NodeBounds.ExpectedId}",
        _ when !NodeBounds.IsAddress(Address) => $"its address is '{Address}': expected {NodeBounds.ExpectedAddress}",
        _ when !NodeBounds.IsWeight(Weight) => $"its weight is {Weight}: expected {NodeBounds.ExpectedWeight}",
        { State: not ("active" or "draining") } => $"its state is '{State}': expected active or draining",
        _ => null,
    };
}

// Unknown properties are allowed: any program may write a registration.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Registration))]
internal sealed partial class RegistrationJsonContext : JsonSerializerContext;
