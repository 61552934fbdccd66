using WsBalancer.Proxy.Admin.Clusters;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Cli.Output;

/// <summary>The parts of a node's answer that an older balancer does not send.</summary>
internal static class NodeText
{
    public const string Configured = "configured";

    /// <summary>The node that an operator names, as in calls of the admin API; null for none.</summary>
    public static NodeView? Find(IReadOnlyList<NodeView> nodes, string id)
    {
        var found = NodeIds.Match(nodes.Select(static node => node.Id), id);
        return nodes.FirstOrDefault(node => node.Id == found);
    }

    public static string SourceOf(NodeView node) => node.Source ?? Configured;

    /// <summary>Whether the weight was changed at run time.</summary>
    public static bool HasOtherWeight(NodeView node) => node.Overridden?.Contains("weight") is true;
}
