using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Admin;

/// <summary>A node to add. <c>RingKey</c> is null to let the ring take what it takes without one.</summary>
internal sealed record NodeAddition(string Id, string Address, int Weight, string? RingKey = null)
{
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["id"] = Id, ["address"] = Address, ["weight"] = Weight };
        if (RingKey is { } key)
        {
            json["ringKey"] = key;
        }

        return json;
    }
}
