using WsBalancer.Cli.Demo.Chapters;

namespace WsBalancer.Cli.Demo;

/// <summary>Runs the chapters in their order. After a claim that fails, the other chapters still run.</summary>
internal static class DemoChapters
{
    public static async Task<IReadOnlyList<Chapter>> RunAsync(ChapterContext stage, CancellationToken cancellation)
    {
        IChapterRunner[] tellers =
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
        foreach (var teller in tellers)
        {
            stage.Screen.BeginChapter(teller.Title);
            var chapter = new Chapter(teller.Title, await teller.RunAsync(stage, cancellation));
            stage.Screen.EndChapter(chapter);
            chapters.Add(chapter);
        }

        return chapters;
    }
}
