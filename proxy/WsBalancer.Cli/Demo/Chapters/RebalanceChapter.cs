using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Cli.Demo.Users;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Changes;

namespace WsBalancer.Cli.Demo.Chapters;

/// <summary>Adds a node while all users are connected, and rebalances at a pace.</summary>
internal sealed class RebalanceChapter : IChapterRunner
{
    // The duration of the rebalance: long enough to see, short enough to watch.
    private const double Seconds = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReturnDeadline = TimeSpan.FromSeconds(10);

    public string Title => "A fleet grows under load: planned, then brought home at a pace";

    public async Task<IReadOnlyList<Claim>> RunAsync(ChapterContext context, CancellationToken cancellation)
    {
        // Tunnels of replaced sockets must have ended first: the counts below are those of this chapter.
        await context.CountMisplacedAsync(cancellation);
        var before = context.Crowd.Placement();
        var (added, plan) = await AddAsync(context, cancellation);
        var nodes = await context.ListNodesAsync(cancellation);
        var homes = await context.ListHomesAsync(cancellation);
        var stillOpen = await DemoUsers.CountAnsweringAsync(context.Crowd.Users, "after the addition", cancellation);

        var movers = context.Crowd.Users.Where(user => homes.GetValueOrDefault(user.Name) == added).ToList();
        var others = context.Crowd.Users.Except(movers).ToList();
        var recalled = DemoUsers.RecallsOf(others);
        var misplaced = nodes.Sum(node => node.Misplaced);
        var growth = GrowthClaims.JudgeGrowth(
            nodes.Single(node => node.Id == added), plan, movers.Count, misplaced, stillOpen, before.Count);

        await RebalanceAsync(context, misplaced, cancellation);
        await context.Fact.BecomesTrueAsync(
            ReturnDeadline, _ => Task.FromResult(movers.TrueForAll(user => user.Node == added)), cancellation);
        var left = await context.CountMisplacedAsync(cancellation);
        var answered = await DemoUsers.CountAnsweringAsync(others, "after the rebalance", cancellation);

        return
        [
            .. growth,
            .. GrowthClaims.JudgeRebalance(
                added,
                left,
                movers.ConvertAll(user => user.Name),
                before,
                context.Crowd.Placement(),
                answered,
                DemoUsers.RecallsOf(others) - recalled),
        ];
    }

    private static async Task<(string Added, PlanView Plan)> AddAsync(
        ChapterContext context, CancellationToken cancellation)
    {
        context.Screen.Step("starting one more node");
        var node = await context.Fleet.StartNodeAsync(cancellation);
        var addition = new NodeBody { Id = node.Id, Address = node.Address.AbsoluteUri, Weight = 1 };

        context.Screen.Step($"wsbalancer add {addition.Id}={addition.Address}");
        var plan = (await context.Cluster.PlanAsync(PlanBody.Empty with { Add = [addition] }, cancellation)).Value;
        context.Screen.Step($"the plan: {Amounts.Percent(plan.Moved)} of all users move, excess "
            + $"{Amounts.Percent(plan.Excess)}, {Amounts.Count(plan.TunnelsMoved, "tunnel")} here");
        await context.Cluster.AddAsync(addition, plan.Epoch, cancellation);
        await context.AwaitHealthAsync(node, "healthy", cancellation);
        return (node.Id, plan);
    }

    private static async Task RebalanceAsync(ChapterContext context, long misplaced, CancellationToken cancellation)
    {
        var rate = Math.Max(1, Math.Ceiling(misplaced / Seconds));
        var quarters = new Quarters(context.Screen.Step);

        context.Screen.Step($"wsbalancer rebalance --rate {Amounts.Rate(rate)} --wait");
        await context.Cluster.BeginRebalanceAsync(rate, cancellation);
        await context.Fact.BecomesTrueAsync(
            Deadline,
            async token =>
            {
                var status = (await context.Cluster.ReadRebalanceAsync(token)).Value;
                quarters.Show(status.Misplaced, misplaced, "tunnels are not at home");
                return status.State is not ("running" or "paused");
            },
            cancellation);
    }
}
