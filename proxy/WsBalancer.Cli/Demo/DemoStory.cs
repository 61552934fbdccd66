using WsBalancer.Cli.Demo.Chapters;

namespace WsBalancer.Cli.Demo;

/// <summary>The chapters in their order. A claim that fails does not end the story: the rest is told too.</summary>
internal static class DemoStory
{
    public static async Task<IReadOnlyList<Chapter>> TellAsync(Stage stage, CancellationToken cancellation)
    {
        IChapterTeller[] tellers =
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
            var chapter = new Chapter(teller.Title, await teller.TellAsync(stage, cancellation));
            stage.Screen.EndChapter(chapter);
            chapters.Add(chapter);
        }

        return chapters;
    }
}
