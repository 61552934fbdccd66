using System.Globalization;
using WsBalancer.Proxy.Admin.Moves;

namespace WsBalancer.Cli.Demo.Claims;

/// <summary>
/// A drain moves only the users of its node, at its pace. The end of the drain makes the node their home again.
/// </summary>
internal static class DrainClaims
{
    // A factor on the expected time: timers are a little early or late, and a drain without a pace takes far less.
    private const double Tolerance = 0.8;

    public static IReadOnlyList<Claim> JudgeDrain(
        string drained,
        DrainOutcome outcome,
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> after)
    {
        var movers = before.Where(entry => entry.Value == drained).Select(entry => entry.Key).ToList();
        var others = before.Where(entry => entry.Value != drained).ToList();
        var refuge = movers.Where(after.ContainsKey).Select(user => after[user]).ToList();
        var spread = string.Join(", ", refuge.CountBy(node => node).OrderBy(entry => entry.Key).Select(entry =>
            $"{entry.Value} to {entry.Key}"));
        var found = Claim.ForAll(
            $"every user of {drained} reconnects to another node",
            refuge.Count(node => node != drained),
            movers.Count,
            "users");

        return
        [
            new Claim(
                $"{drained} is drained, and no tunnel had to be cut",
                outcome.Status is { State: "drained", Remaining: 0, Forced: 0 },
                $"{outcome.Status.State}, {outcome.Status.Closed} closed, {outcome.Status.Forced} by force"),
            AtItsPace(movers.Count, outcome),
            found with { Evidence = $"{found.Evidence}: {spread}" },
            OthersUnaffected(others, outcome.Answered, outcome.OthersRecalled, after),
        ];
    }

    public static IReadOnlyList<Claim> JudgeResume(
        string drained,
        IReadOnlyDictionary<string, string?> homesBefore,
        IReadOnlyDictionary<string, string?> homesAfter,
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> after) =>
    [
        Claim.ForAll(
            $"once {drained} is resumed, every user's home is what it was before",
            homesBefore.Count(entry => homesAfter.GetValueOrDefault(entry.Key) == entry.Value),
            homesBefore.Count,
            "users"),
        Claim.ForAll(
            "everyone is where they were before the drain",
            before.Count(entry => after.GetValueOrDefault(entry.Key) == entry.Value),
            before.Count,
            "users"),
    ];

    /// <summary>The sockets of the other users were never closed, and are open on the same nodes.</summary>
    public static Claim OthersUnaffected(
        IReadOnlyCollection<KeyValuePair<string, string>> others,
        int answered,
        int recalled,
        IReadOnlyDictionary<string, string> after)
    {
        var stayed = others.Count(entry => after.GetValueOrDefault(entry.Key) == entry.Value);
        return new Claim(
            "nobody else is closed or moves",
            stayed == others.Count && answered == others.Count && recalled is 0 && others.Count > 0,
            $"{answered} of {others.Count} sockets answered, {recalled} were closed, {stayed} stayed");
    }

    private static Claim AtItsPace(int tunnels, DrainOutcome outcome)
    {
        var least = (tunnels - 1) / outcome.Rate * Tolerance;
        return new Claim(
            "it closes no faster than requested",
            outcome.Took.TotalSeconds >= least,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{tunnels} tunnels at {outcome.Rate:0.#}/s in {outcome.Took.TotalSeconds:0.0} s"));
    }
}

/// <summary>The observations of a drain.</summary>
/// <param name="Status">The balancer's answer at the end of the drain.</param>
/// <param name="Rate">The requested rate, in tunnels a second.</param>
/// <param name="Took">The duration of the drain.</param>
/// <param name="Answered">How many of the other users' sockets were still open and answered.</param>
/// <param name="OthersRecalled">How many requests to reconnect (1012) the other users received.</param>
internal sealed record DrainOutcome(
    DrainStatusView Status, double Rate, TimeSpan Took, int Answered, int OthersRecalled);
