using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Output;

/// <summary>The parts of a node's answer that an older balancer does not send.</summary>
internal static class NodeText
{
    public const string Configured = "configured";

    /// <summary>
    /// The node of that id. Ids ignore case, as in calls of the admin API, unless a node has exactly this one. Null for
    /// none.
    /// </summary>
    public static NodeView? Find(IReadOnlyList<NodeView> nodes, string id) =>
        nodes.FirstOrDefault(node => node.Id == id)
        ?? nodes.FirstOrDefault(node => string.Equals(node.Id, id, StringComparison.OrdinalIgnoreCase));

    public static string SourceOf(NodeView node) => node.Source ?? Configured;

    /// <summary>Whether the weight was changed at run time.</summary>
    public static bool HasOtherWeight(NodeView node) => node.Overridden?.Contains("weight") is true;
}
