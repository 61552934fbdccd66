namespace WsBalancer.Cli.RingCompare;

/// <summary>How long something takes when nothing disturbs it: the shortest of many rounds after a warm-up.</summary>
/// <remarks>
/// The shortest and not the mean: whatever else runs on the machine only ever makes a round longer. What is compared
/// takes turns, so that the rounds of each are spread over the whole time and a disturbance strikes all alike.
/// </remarks>
internal sealed class BestTime(TimeProvider clock)
{
    // The first round of a turn finds the caches as the others left them, those after it do not.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(5);

    /// <summary>The shortest time of each action.</summary>
    /// <param name="warmUp">How long they take turns before anything counts; one turn each at least.</param>
    /// <param name="measuring">How long they take turns then; one turn each at least.</param>
    /// <param name="rounds">One round of each; a turn is as many as fill 5 ms, and one at least.</param>
    public TimeSpan[] Of(TimeSpan warmUp, TimeSpan measuring, IReadOnlyList<Action> rounds)
    {
        TakeTurns(warmUp, rounds);
        return TakeTurns(measuring, rounds);
    }

    private TimeSpan[] TakeTurns(TimeSpan duration, IReadOnlyList<Action> rounds)
    {
        var best = new TimeSpan[rounds.Count];
        Array.Fill(best, TimeSpan.MaxValue);
        var start = clock.GetTimestamp();
        do
        {
            for (var i = 0; i < best.Length; i++)
            {
                var shortest = BestOfTurn(rounds[i]);
                best[i] = shortest < best[i] ? shortest : best[i];
            }
        }
        while (clock.GetElapsedTime(start) < duration);

        return best;
    }

    private TimeSpan BestOfTurn(Action round)
    {
        var best = TimeSpan.MaxValue;
        var start = clock.GetTimestamp();
        do
        {
            var before = clock.GetTimestamp();
            round();
            var elapsed = clock.GetElapsedTime(before);
            best = elapsed < best ? elapsed : best;
        }
        while (clock.GetElapsedTime(start) < Turn);

        return best;
    }
}
