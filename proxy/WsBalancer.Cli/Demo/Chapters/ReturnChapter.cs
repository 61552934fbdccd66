using WsBalancer.Cli.Demo.Claims;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Connects every user again.</summary>
internal sealed class ReturnChapter : IChapterRunner
{
    public string Title => "Users come back to their node";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext context, CancellationToken cancellation)
    {
        var before = context.Crowd.Placement();

        context.Screen.Step("reconnecting every user");
        await context.Crowd.ConnectAsync(cancellation);

        return ReturnClaims.Judge(before, context.Crowd.Placement());
    }
}
