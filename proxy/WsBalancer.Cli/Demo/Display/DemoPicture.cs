using WsBalancer.Cli.Demo.Processes;

namespace WsBalancer.Cli.Demo.Display;

/// <summary>How many users each node has at one moment, in the order of the nodes.</summary>
internal sealed record DemoPicture(IReadOnlyList<(string Node, int Users)> Bars)
{
    public static DemoPicture Of(IEnumerable<DemoNode> nodes, IReadOnlyDictionary<string, string> placement)
    {
        var counts = placement.Values.CountBy(node => node).ToDictionary();
        return new DemoPicture([.. nodes.Select(node => (node.Id, counts.GetValueOrDefault(node.Id)))]);
    }
}
