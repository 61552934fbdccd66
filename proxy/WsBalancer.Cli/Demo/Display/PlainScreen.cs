using WsBalancer.Cli.Demo.Chapters;

namespace WsBalancer.Cli.Demo.Display;

/// <summary>One line for each step: for logs, pipes and continuous integration.</summary>
internal sealed class PlainScreen(TextWriter writer) : IDemoScreen
{
    public Task<T> RunAsync<T>(Func<Task<T>> story) => story();

    public void BeginChapter(string title) => writer.WriteLine($"• {title}");

    public void Step(string what) => writer.WriteLine($"  {what}");

    public void EndChapter(Chapter chapter)
    {
        var held = chapter.Claims.Count(claim => claim.Held);
        writer.WriteLine($"  {held} of {chapter.Claims.Count} claims held");
    }

    public void Watch(Func<DemoPicture> look)
    {
        // Moving bars need a terminal; the report contains the counts.
    }
}
