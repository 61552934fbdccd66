using WsBalancer.Cli.Demo.Claims;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Connects every user for the first time.</summary>
internal sealed class SpreadChapter : IChapterRunner
{
    public string Title => "Users are spread over the nodes";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext stage, CancellationToken cancellation)
    {
        stage.Screen.Step($"connecting {stage.Crowd.Users.Count} users");
        await stage.Crowd.ConnectAsync(cancellation);

        stage.Screen.Step("asking the balancer who owns each of them");
        return SpreadClaims.Judge(
            stage.Crowd.Users.Count,
            stage.Crowd.Placement(),
            await stage.ListOwnersAsync(cancellation),
            await stage.ListNodesAsync(cancellation));
    }
}
