using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Moves;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary>Waits until a node is drained, and shows the progress.</summary>
internal sealed class DrainWait(Operation operation, ClusterClient cluster, string node, WaitLimit limit)
{
    private readonly DeadlineWatch _deadline = new(limit.Time);
    private readonly SharingWatch _sharing = new(limit.Time);

    /// <returns>The exit code: 0 only if no balancer has a tunnel to the node.</returns>
    public async Task<int> RunAsync(Answer<DrainStatusView> begun, CancellationToken cancellation)
    {
        // A node that is no longer in the fleet has no tunnel, and its last answer is the report.
        var (known, isRemoved) = (begun, false);
        var wait = new PolledWait<Answer<DrainStatusView>>(operation, limit, async token =>
        {
            var found = await cluster.FindDrainAsync(node, token);
            isRemoved = found is null;
            return known = found ?? known;
        })
        {
            PointOf = answer => new ProgressPoint(Done(answer.Value), DrainText.Progress(answer.Value)),
            Judge = (answer, isOver) => isRemoved ? WaitVerdict.Met : Judge(answer.Value, isOver),
            Interrupted = $"No longer waiting. The drain of {node} continues; 'wsbalancer resume {node}' ends it.",
        };
        var (last, failure) = await wait.RunAsync(begun, cancellation);
        await operation.WriteAsync(last, failure is null ? [DrainText.Drained(node, last.Value)] : []);
        return failure is null ? ExitCode.Done : throw new CommandFailure(ExitCode.Failed, failure);
    }

    private WaitVerdict? Judge(DrainStatusView drain, bool isOver)
    {
        var isWhole = _sharing.IsWhole(drain.Shared);
        if (DrainText.IsEmpty(drain))
        {
            return isWhole ? WaitVerdict.Met : _sharing.VerdictOf(node, limit, isOver);
        }

        return FailureOf(drain, isOver) is { } failure ? new WaitVerdict(failure) : null;
    }

    private string? FailureOf(DrainStatusView drain, bool isOver)
    {
        var left = $"{Amounts.Count(drain.Remaining, "tunnel")} {(drain.Remaining is 1 ? "is" : "are")} still open";
        return drain.State switch
        {
            "active" => $"A resume has ended the drain of {node}; {left}.",
            "leaving" => $"{node} was removed, which ended its drain; {left}.",
            _ when !drain.Sources.Contains("operator") =>
                $"A resume has ended the drain of {node}, though the node drains itself; {left}.",
            _ when _deadline.HasPassed(drain.DeadlineSeconds) => $"{node} is not drained by the deadline: {left}.",
            _ when isOver => $"{node} is not drained within --timeout {limit.Text}: {left}. The drain continues.",
            _ => null,
        };
    }

    private static double Done(DrainStatusView drain) =>
        drain.Total is 0 ? 1 : Math.Clamp(1 - ((double)drain.Remaining / drain.Total), 0, 1);
}
