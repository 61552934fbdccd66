using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Changing;

/// <summary>Shows what a change of the fleet will move, then makes it, if the fleet is still the one it was.</summary>
internal static class PlannedChange
{
    private const string NobodyClosed = "Nobody was closed: who has another home now goes there on the next connect, "
        + "or with 'wsbalancer rebalance'.";

    /// <remarks>
    /// <paramref name="make"/> makes the change if the fleet still has the epoch of the plan; <paramref name="done"/>
    /// says in one sentence what has been done then, and <paramref name="next"/> what becomes of tunnels that have
    /// another home.
    /// </remarks>
    public static async Task<int> RunAsync<T>(
        Operation operation, Answer<T> plan, Func<long, Task<Answer<T>>> make, string done, string next = NobodyClosed)
        where T : PlanAnswer
    {
        if (!operation.Settings.Json)
        {
            PlanText.Write(plan.Value, operation.Output);
        }

        var answer = await make(plan.Value.Epoch);
        await operation.NoteSharingAsync(answer.Value.Shared);
        await operation.WriteAsync(answer, Lines(answer.Value, done, next));
        return ExitCode.Done;
    }

    private static IEnumerable<string> Lines(PlanAnswer made, string done, string next)
    {
        yield return $"{done} The fleet is at epoch {Amounts.Number(made.Epoch)}.";
        if (made.TunnelsMoved > 0)
        {
            yield return next;
        }
    }
}
