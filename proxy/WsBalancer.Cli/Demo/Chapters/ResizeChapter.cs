using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Cli.Demo.Users;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Adds a node in the configuration.</summary>
internal sealed class ResizeChapter : IChapterRunner
{
    public string Title => "A new node takes its share, and nobody else moves";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext context, CancellationToken cancellation)
    {
        var crowd = context.Crowd;
        var before = crowd.Placement();

        context.Screen.Step("starting one more node and naming it in the configuration");
        var added = await context.Fleet.AddNodeAsync(cancellation);
        await context.AwaitHealthAsync(added, "healthy", cancellation);
        var stillOpen = await DemoUsers.CountAnsweringAsync(crowd.Users, "after the resize", cancellation);

        context.Screen.Step("reconnecting every user");
        await crowd.ConnectAsync(cancellation);

        var share = (await context.ListNodesAsync(cancellation)).Single(node => node.Id == added.Id).Share;
        var after = crowd.Placement();
        return
        [
            .. ResizeClaims.Judge(added.Id, share, stillOpen, before, after),
            SpreadClaims.AtOwner(crowd.Users.Count, after, await context.ListOwnersAsync(cancellation)),
        ];
    }
}
