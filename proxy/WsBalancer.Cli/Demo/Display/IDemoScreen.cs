using WsBalancer.Cli.Demo.Chapters;
using WsBalancer.Cli.Demo.Processes;

namespace WsBalancer.Cli.Demo.Display;

/// <summary>Shows the chapters while they run.</summary>
internal interface IDemoScreen
{
    /// <summary>Runs the chapters, and shows them until they end.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> story);

    public void BeginChapter(string title);

    public void Step(string what);

    public void EndChapter(Chapter chapter);

    /// <summary>Sets the function from which the screen reads the state of the fleet whenever it draws.</summary>
    public void Watch(Func<DemoPicture> look);
}

/// <summary>How many users each node has at one moment, in the order of the nodes.</summary>
internal sealed record DemoPicture(IReadOnlyList<(string Node, int Users)> Bars)
{
    public static DemoPicture Of(IEnumerable<DemoNode> nodes, IReadOnlyDictionary<string, string> placement)
    {
        var counts = placement.Values.CountBy(node => node).ToDictionary();
        return new DemoPicture([.. nodes.Select(node => (node.Id, counts.GetValueOrDefault(node.Id)))]);
    }
}
