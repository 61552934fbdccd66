using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Admin;

/// <summary>A node to add.</summary>
/// <remarks>
/// <c>Weight</c> is null for the balancer's default: 1, or the earlier weight of a node that was removed and is added
/// again. <c>RingKey</c> is null for the default of the ring.
/// </remarks>
internal sealed record NodeAddition(string Id, string Address, int? Weight, string? RingKey = null)
{
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["id"] = Id, ["address"] = Address };
        if (Weight is { } weight)
        {
            json["weight"] = weight;
        }

        if (RingKey is { } key)
        {
            json["ringKey"] = key;
        }

        return json;
    }
}
