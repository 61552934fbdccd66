using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsBalancer.Proxy.State;

/// <summary>What a node writes of itself: <c>{"address": …, "weight": …, "state": "active" | "draining"}</c>.</summary>
internal sealed record Registration(string Address, int Weight = 1, string State = "active")
{
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

    private string? MistakeWith(string id) => this switch
    {
        _ when !NodeForm.IsId(id) => $"its id is '{id}': expected {NodeForm.ExpectedId}",
        _ when !NodeForm.IsAddress(Address) => $"its address is '{Address}': expected {NodeForm.ExpectedAddress}",
        _ when !NodeForm.IsWeight(Weight) => $"its weight is {Weight}: expected {NodeForm.ExpectedWeight}",
        { State: not ("active" or "draining") } => $"its state is '{State}': expected active or draining",
        _ => null,
    };
}

// Nodes of any make write it, and may say more.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Registration))]
internal sealed partial class RegistrationJsonContext : JsonSerializerContext;
