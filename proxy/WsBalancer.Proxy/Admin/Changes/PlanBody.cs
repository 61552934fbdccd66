using System.ComponentModel;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>Changes that are planned together.</summary>
internal sealed record PlanBody
{
    /// <summary>A body without changes.</summary>
    public static PlanBody Empty => new() { Add = [], Remove = [], Weights = [] };

    [Description("a list of nodes to add")]
    public List<NodeBody>? Add { get; init; }

    [Description("a list of ids of nodes to remove")]
    public List<string>? Remove { get; init; }

    [Description("an object with ids of nodes and their weights, each " + WeightBody.Expected)]
    public Dictionary<string, int>? Weights { get; init; }

    public FleetChangeRequest ToRequest() => new(
        [.. (Add ?? []).Select(node => node.ToAddition())], Remove ?? [], Weights ?? []);
}
