using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Output;

/// <summary>The parts of a node's answer that an older balancer does not send.</summary>
internal static class NodeText
{
    public const string Configured = "configured";

    public static string SourceOf(NodeView node) => node.Source ?? Configured;

    /// <summary>Whether the weight was changed at run time.</summary>
    public static bool HasOtherWeight(NodeView node) => node.Overridden?.Contains("weight") is true;
}
