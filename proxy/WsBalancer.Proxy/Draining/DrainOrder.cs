using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Draining;

/// <summary>Why a node drains, and how.</summary>
/// <param name="Value">Rate, deadline and close code: those of an operator take precedence over the settings.</param>
/// <param name="IsOperators">Whether an operator drains the node, or removed it with a drain.</param>
/// <param name="IsNodes">Whether the node itself has reported that it drains.</param>
internal sealed record DrainOrder(DrainValue Value, bool IsOperators, bool IsNodes)
{
    /// <summary>The sources of the drain: <c>operator</c>, <c>node</c>.</summary>
    public IReadOnlyList<string> Sources =>
        [.. new[] { IsOperators ? "operator" : null, IsNodes ? "node" : null }.OfType<string>()];

    /// <returns>Null if the node does not drain. A leaving node drains only if it was removed with a drain.</returns>
    public static DrainOrder? Of(NodeStatus node, DrainOptions options)
    {
        if (node.IsLeaving)
        {
            return node.RemovalDrain is { } removal ? new DrainOrder(removal, IsOperators: true, IsNodes: false) : null;
        }

        if (node.OperatorDrain is { } drain)
        {
            return new DrainOrder(drain, IsOperators: true, node.DrainsItself);
        }

        return node.DrainsItself
            ? new DrainOrder(OwnDrain(node, options), IsOperators: false, IsNodes: true)
            : null;
    }

    // A drain that the node reports has no record; every balancer derives the same name of the operation.
    private static DrainValue OwnDrain(NodeStatus node, DrainOptions options) => new(
        $"node:{node.Key.Cluster.ToLowerInvariant()}:{node.Id}",
        options.RatePerSecond,
        options.Deadline.TotalSeconds,
        options.CloseCode);
}
