using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Cli.Demo.Processes;
using WsBalancer.Cli.Demo.Users;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Moves;
using WsBalancer.Proxy.Draining;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Drains a node and resumes it, as for a deployment.</summary>
internal sealed class DrainChapter : IChapterRunner
{
    // The duration of the drain: long enough to see, short enough to watch.
    private const double Seconds = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReturnDeadline = TimeSpan.FromSeconds(10);

    public string Title => "A drain moves that node's users at a pace, and its end makes everything as it was";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext context, CancellationToken cancellation)
    {
        var before = context.Crowd.Placement();
        var drained = context.Fleet.MostPopular(before);
        var homes = await context.ListHomesAsync(cancellation);
        var movers = context.Crowd.Users.Where(user => before.GetValueOrDefault(user.Name) == drained.Id).ToList();

        return
        [
            .. await DrainAsync(context, drained, movers, before, cancellation),
            .. await ResumeAsync(context, drained, movers, before, homes, cancellation),
        ];
    }

    private static async Task<IReadOnlyList<Claim>> DrainAsync(
        ChapterContext context,
        DemoNode drained,
        List<DemoUser> movers,
        IReadOnlyDictionary<string, string> before,
        CancellationToken cancellation)
    {
        var others = context.Crowd.Users.Except(movers).ToList();
        var recalled = DemoUsers.RecallsOf(others);
        var rate = Math.Ceiling(movers.Count / Seconds);

        context.Screen.Step($"wsbalancer drain {drained.Id} --rate {Amounts.Rate(rate)} --wait");
        var start = context.Time.GetTimestamp();
        var body = new DrainBody { RatePerSecond = rate, Deadline = DrainDeadline.In(Deadline.TotalSeconds) };
        await context.Cluster.BeginDrainAsync(drained.Id, body, cancellation);
        var status = await WatchAsync(context, drained, cancellation);
        var took = context.Time.GetElapsedTime(start);

        context.Screen.Step("its users reconnect");
        await context.Fact.BecomesTrueAsync(
            ReturnDeadline,
            _ => Task.FromResult(movers.TrueForAll(user => user.Node is { } node && node != drained.Id)),
            cancellation);
        var answered = await DemoUsers.CountAnsweringAsync(others, "after the drain", cancellation);

        return DrainClaims.JudgeDrain(
            drained.Id,
            new DrainOutcome(status, rate, took, answered, DemoUsers.RecallsOf(others) - recalled),
            before,
            context.Crowd.Placement());
    }

    private static async Task<DrainStatusView> WatchAsync(
        ChapterContext context, DemoNode drained, CancellationToken cancellation)
    {
        var quarters = new Quarters(context.Screen.Step);
        var status = (await context.Cluster.ReadDrainAsync(drained.Id, cancellation)).Value;
        await context.Fact.BecomesTrueAsync(
            Deadline,
            async token =>
            {
                status = (await context.Cluster.ReadDrainAsync(drained.Id, token)).Value;
                quarters.Show(status.Remaining, status.Total, $"tunnels remain on {drained.Id}");
                return status.State is "drained";
            },
            cancellation);
        return status;
    }

    private static async Task<IReadOnlyList<Claim>> ResumeAsync(
        ChapterContext context,
        DemoNode drained,
        List<DemoUser> movers,
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string?> homes,
        CancellationToken cancellation)
    {
        context.Screen.Step($"wsbalancer resume {drained.Id}, and its users reconnect");
        await context.Cluster.ResumeAsync(drained.Id, cancellation);
        var homesAgain = await context.ListHomesAsync(cancellation);
        await DemoUsers.ConnectAsync(movers, cancellation);

        return DrainClaims.JudgeResume(drained.Id, homes, homesAgain, before, context.Crowd.Placement());
    }
}
