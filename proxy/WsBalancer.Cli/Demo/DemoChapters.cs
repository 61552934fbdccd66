using WsBalancer.Cli.Demo.Chapters;

namespace WsBalancer.Cli.Demo;

/// <summary>Runs the chapters in their order. After a claim that fails, the other chapters still run.</summary>
internal static class DemoChapters
{
    public static async Task<IReadOnlyList<Chapter>> RunAsync(ChapterContext context, CancellationToken cancellation)
    {
        IChapterRunner[] runners =
        [
            new SpreadChapter(),
            new ReturnChapter(),
            new TalkChapter(),
            new ResizeChapter(),
            new DrainChapter(),
            new RebalanceChapter(),
            new CrashChapter(),
        ];

        var chapters = new List<Chapter>();
        foreach (var runner in runners)
        {
            context.Screen.BeginChapter(runner.Title);
            var chapter = new Chapter(runner.Title, await runner.RunAsync(context, cancellation));
            context.Screen.EndChapter(chapter);
            chapters.Add(chapter);
        }

        return chapters;
    }
}
