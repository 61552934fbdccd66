using WsBalancer.Cli.Demo.Chapters;

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
