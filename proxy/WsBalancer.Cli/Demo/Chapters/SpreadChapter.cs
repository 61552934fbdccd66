using WsBalancer.Cli.Demo.Claims;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Connects every user for the first time.</summary>
internal sealed class SpreadChapter : IChapterRunner
{
    public string Title => "Users are spread over the nodes";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext context, CancellationToken cancellation)
    {
        context.Screen.Step($"connecting {context.Crowd.Users.Count} users");
        await context.Crowd.ConnectAsync(cancellation);

        context.Screen.Step("looking up the owner of each of them");
        return SpreadClaims.Judge(
            context.Crowd.Users.Count,
            context.Crowd.Placement(),
            await context.ListOwnersAsync(cancellation),
            await context.ListNodesAsync(cancellation));
    }
}
