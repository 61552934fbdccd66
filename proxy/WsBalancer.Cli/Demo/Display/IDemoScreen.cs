using WsBalancer.Cli.Demo.Chapters;

namespace WsBalancer.Cli.Demo.Display;

/// <summary>Shows the story while it happens.</summary>
internal interface IDemoScreen
{
    /// <summary>Runs the story, with whatever it takes to show it.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> story);

    public void BeginChapter(string title);

    public void Step(string what);

    public void EndChapter(Chapter chapter);

    /// <summary>Gives the screen a way to look at the fleet whenever it draws.</summary>
    public void Watch(Func<DemoPicture> look);
}
