namespace WsBalancer.Cli.RingCompare;

/// <summary>How long something takes when nothing disturbs it: the shortest of many rounds after a warm-up.</summary>
/// <remarks>
/// The shortest and not the mean, because other work on the machine only makes a round longer. The compared actions
/// take turns, so that the rounds of each are spread over the whole time and a disturbance affects all of them.
/// </remarks>
internal sealed class BestTime(TimeProvider clock)
{
    // In the first round of a turn, the caches contain the data of the other actions; in later rounds they do not.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(5);

    /// <summary>The shortest time of each action.</summary>
    /// <param name="warmUp">The time of the turns that are not counted; at least one turn of each.</param>
    /// <param name="measuring">The time of the turns that are counted; at least one turn of each.</param>
    /// <param name="rounds">One round of each action. A turn is as many rounds as fill 5 ms, and at least one.</param>
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
