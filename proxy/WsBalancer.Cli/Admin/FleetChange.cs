using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Admin;

/// <summary>A change of a fleet for which a plan is requested.</summary>
internal sealed record FleetChange(
    IReadOnlyList<NodeAddition> Add, IReadOnlyList<string> Remove, IReadOnlyDictionary<string, int> Weights)
{
    public static FleetChange None { get; } = new([], [], new Dictionary<string, int>());

    public JsonObject ToJson()
    {
        var weights = Weights.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value));
        return new JsonObject
        {
            ["add"] = new JsonArray([.. Add.Select(node => node.ToJson())]),
            ["remove"] = new JsonArray([.. Remove.Select(id => (JsonNode?)id)]),
            ["weights"] = new JsonObject(weights),
        };
    }
}
