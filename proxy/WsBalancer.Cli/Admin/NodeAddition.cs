using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Admin;

/// <summary>A node to add.</summary>
/// <remarks>
/// <c>Weight</c> is null to leave it to the balancer: 1, or what a removed node had that is taken back. <c>RingKey</c>
/// is null to let the ring take what it takes without one.
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
