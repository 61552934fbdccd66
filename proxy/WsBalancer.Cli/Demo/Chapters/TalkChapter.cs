using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Cli.Demo.Users;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Sends messages from users on each node to users on each other node.</summary>
internal sealed class TalkChapter : IChapterRunner
{
    private const int PairsOfUsers = 5;

    public string Title => "Users on different nodes talk, through Redis";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext context, CancellationToken cancellation)
    {
        var placement = context.Crowd.Placement();
        var byNode = context.Crowd.Users.Where(user => placement.ContainsKey(user.Name))
            .ToLookup(user => placement[user.Name]);
        var nodes = byNode.Select(group => group.Key).ToList();
        var pairs =
            from sender in byNode
            from receiver in byNode
            where sender.Key != receiver.Key
            from pair in sender.Zip(receiver).Take(PairsOfUsers)
            select SendAsync(pair.First, pair.Second, cancellation);

        context.Screen.Step($"sending messages between {nodes.Count} nodes");
        return TalkClaims.Judge(nodes, await Task.WhenAll(pairs));
    }

    private static async Task<Delivery> SendAsync(DemoUser sender, DemoUser receiver, CancellationToken cancellation)
    {
        var (from, to) = (sender.Node ?? "", receiver.Node ?? "");
        return new Delivery(from, to, await sender.ReachesAsync(receiver, $"hi from {sender.Name}", cancellation));
    }
}
