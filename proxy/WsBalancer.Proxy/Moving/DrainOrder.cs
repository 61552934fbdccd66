using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Moving;

/// <summary>Why a node drains, and how.</summary>
/// <param name="Value">How: an operator's word goes before the settings.</param>
/// <param name="IsOperators">Whether an operator has said so.</param>
/// <param name="IsNodes">Whether the node itself has.</param>
internal sealed record DrainOrder(DrainValue Value, bool IsOperators, bool IsNodes)
{
    /// <summary>Who holds it: <c>operator</c>, <c>node</c>.</summary>
    public IReadOnlyList<string> Sources =>
        [.. new[] { IsOperators ? "operator" : null, IsNodes ? "node" : null }.OfType<string>()];

    /// <returns>Null if the node does not drain. One that leaves only does if it was removed so.</returns>
    public static DrainOrder? Of(Node node, DrainOptions options)
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

    // Nobody wrote it down: every balancer makes the same of what the node says.
    private static DrainValue OwnDrain(Node node, DrainOptions options) => new(
        $"node:{node.Key.Cluster.ToLowerInvariant()}:{node.Id}",
        options.RatePerSecond,
        options.Deadline.TotalSeconds,
        options.CloseCode);
}
