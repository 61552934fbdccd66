namespace WsBalancer.Sockets.Uring;

/// <summary>
/// The number of completions that a busy loop waits for, as network cards coalesce their interrupts: many at a time
/// cost less each, for the loop and for the threads that it wakes.
/// </summary>
/// <remarks>
/// A loop with little to do waits for one completion, and adds no latency to a message. After <see cref="TurnsToGrow"/>
/// turns with <see cref="Min"/> or more, the loop waits for as many, and then for gradually more. After a wait that
/// ends with fewer completions than wanted, the next wait is for half of those that arrived, or for one if half is less
/// than <see cref="Min"/>.
/// </remarks>
internal sealed class Coalescing
{
    /// <summary>
    /// The longest wait for more than one completion: about the time in which twenty messages are relayed.
    /// </summary>
    public const int LongestMicroseconds = 100;

    /// <summary>Fewer completions are not worth a wait.</summary>
    public const int Min = 6;

    /// <summary>Measured: a maximum of 200 makes a message no cheaper.</summary>
    public const int Max = 64;

    /// <summary>After so many turns with the wanted number of completions, the loop waits for more.</summary>
    public const int TurnsToGrow = 16;

    private int _turns;

    /// <summary>How many completions the next wait is for.</summary>
    public int Wanted { get; private set; } = 1;

    /// <summary>Records how many completions a turn begins with.</summary>
    /// <param name="completions">The number of completions.</param>
    /// <param name="waited">Whether the turn waited for them; otherwise, a small number means nothing.</param>
    public void Record(int completions, bool waited)
    {
        if (!waited)
        {
            return;
        }

        if (completions < Math.Max(Wanted, Min))
        {
            _turns = 0;
            Wanted = Wanted > 1 && completions / 2 >= Min ? completions / 2 : 1;
        }
        else if (++_turns == TurnsToGrow)
        {
            _turns = 0;
            Wanted = Math.Clamp(Wanted + 1 + (Wanted / 8), Min, Max);
        }
    }
}
