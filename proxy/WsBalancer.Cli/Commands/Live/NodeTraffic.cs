using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Commands.Live;

/// <summary>The traffic of a node between two scrapes of a balancer.</summary>
internal sealed record NodeTraffic(
    string Cluster,
    string Node,
    long Tunnels,
    double OpenedPerSecond,
    double ClosedPerSecond,
    double FramesPerSecond,
    double BytesFromClientsPerSecond,
    double BytesFromNodesPerSecond)
{
    public JsonObject ToJson() => new()
    {
        ["cluster"] = Cluster,
        ["node"] = Node,
        ["tunnels"] = Tunnels,
        ["openedPerSecond"] = OpenedPerSecond,
        ["closedPerSecond"] = ClosedPerSecond,
        ["framesPerSecond"] = FramesPerSecond,
        ["bytesFromClientsPerSecond"] = BytesFromClientsPerSecond,
        ["bytesFromNodesPerSecond"] = BytesFromNodesPerSecond,
    };
}
