using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Changes;

namespace WsBalancer.Cli.Commands.FleetChanges;

/// <summary>
/// Shows what a change of the fleet will move, then makes the change if the fleet has not changed since the plan.
/// </summary>
internal static class PlannedChange
{
    /// <summary>The largest part of all users that a change moves without a confirmation, 0…1.</summary>
    public const double MaxUnconfirmed = 0.25;

    public static readonly Option<bool> Yes = new("--yes", "-y")
    {
        Description = $"Do not ask for confirmation of a move of more than {MaxUnconfirmed * 100:0}% of the users",
    };

    private const string NoTunnelClosed = "No tunnel was closed: users with another home now are placed there on their "
        + "next connect, or by 'wsbalancer rebalance'.";

    /// <remarks>
    /// <paramref name="make"/> makes the change if the fleet still has the epoch of the plan. <paramref name="done"/>
    /// is a sentence on the change that was made, and <paramref name="next"/> one on the tunnels that have another
    /// home.
    /// </remarks>
    public static async Task RunAsync<T>(
        Operation operation,
        PlanView plan,
        Func<long, Task<Answer<T>>> make,
        string done,
        CancellationToken cancellation,
        string next = NoTunnelClosed)
        where T : PlanView, IChangeView
    {
        if (!operation.Settings.IsDocument)
        {
            PlanText.Write(plan, operation.Output);
        }

        await ConfirmAsync(operation, plan, cancellation);
        var answer = await make(plan.Epoch);
        await operation.NoteSharingAsync(answer.Value.Shared);
        await operation.WriteAsync(answer, Lines(answer.Value, done, next));
    }

    private static async Task ConfirmAsync(
        Operation operation, PlanView plan, CancellationToken cancellation)
    {
        if (plan.Moved <= MaxUnconfirmed || operation.Parsed.GetValue(Yes))
        {
            return;
        }

        var much = $"It moves {Amounts.Percent(plan.Moved)} of all users";
        if (operation.Settings.IsDocument || operation.Output.Confirmation is not { } question)
        {
            throw new CommandFailure(
                ExitCode.Failed,
                $"{much}, more than {Amounts.Percent(MaxUnconfirmed)}, and nothing was done. Add --yes if that is "
                + "meant.");
        }

        if (!await question.ConfirmAsync($"{much}. Go on?", cancellation))
        {
            throw new CommandFailure(ExitCode.Failed, "Nothing was done.");
        }
    }

    private static IEnumerable<string> Lines(PlanView made, string done, string next)
    {
        yield return $"{done} The fleet is at epoch {Amounts.Number(made.Epoch)}.";
        if (made.TunnelsMoved > 0)
        {
            yield return next;
        }
    }
}
