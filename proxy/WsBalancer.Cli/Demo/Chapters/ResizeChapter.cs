using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Cli.Demo.Users;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Adds a node in the configuration.</summary>
internal sealed class ResizeChapter : IChapterRunner
{
    public string Title => "A new node takes its share, and nobody else moves";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext stage, CancellationToken cancellation)
    {
        var crowd = stage.Crowd;
        var before = crowd.Placement();

        stage.Screen.Step("starting one more node and naming it in the configuration");
        var added = await stage.Fleet.AddNodeAsync(cancellation);
        await stage.AwaitHealthAsync(added, "healthy", cancellation);
        var stillOpen = await DemoUsers.CountAnsweringAsync(crowd.Users, "after the resize", cancellation);

        stage.Screen.Step("reconnecting every user");
        await crowd.ConnectAsync(cancellation);

        var share = (await stage.ListNodesAsync(cancellation)).Single(node => node.Id == added.Id).Share;
        var after = crowd.Placement();
        return
        [
            .. ResizeClaims.Judge(added.Id, share, stillOpen, before, after),
            SpreadClaims.AtOwner(crowd.Users.Count, after, await stage.ListOwnersAsync(cancellation)),
        ];
    }
}
