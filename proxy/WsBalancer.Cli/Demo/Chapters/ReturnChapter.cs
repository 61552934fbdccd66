using WsBalancer.Cli.Demo.Claims;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Connects every user again.</summary>
internal sealed class ReturnChapter : IChapterRunner
{
    public string Title => "Users come back to their node";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext stage, CancellationToken cancellation)
    {
        var before = stage.Crowd.Placement();

        stage.Screen.Step("reconnecting every user");
        await stage.Crowd.ConnectAsync(cancellation);

        return ReturnClaims.Judge(before, stage.Crowd.Placement());
    }
}
