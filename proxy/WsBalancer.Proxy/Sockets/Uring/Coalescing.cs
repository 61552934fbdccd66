namespace WsBalancer.Proxy.Sockets.Uring;

/// <summary>
/// How many completions a busy loop waits for, as network cards do with their interrupts: many at a time cost less
/// each, for the loop and for those whom it wakes.
/// </summary>
/// <remarks>
/// A loop with little to do waits for one, and adds nothing to what a message takes. One that had
/// <see cref="Least"/> or more in each of <see cref="Patience"/> turns waits for as many, and for more by and by, until
/// a wait is over before they have come; then for half of what did.
/// </remarks>
internal sealed class Coalescing
{
    /// <summary>So long at most: some twenty messages take as long to pass on.</summary>
    public const int LongestMicroseconds = 100;

    /// <summary>Fewer are not worth waiting for.</summary>
    public const int Least = 6;

    /// <summary>With 200, by measurement, a message costs no less.</summary>
    public const int Most = 64;

    /// <summary>After so many turns with as many as were wanted, more are.</summary>
    public const int Patience = 16;

    private int _turns;

    /// <summary>How many to wait for.</summary>
    public int Wanted { get; private set; } = 1;

    /// <summary>A turn begins, and so many have come.</summary>
    /// <param name="completions">How many.</param>
    /// <param name="waited">Whether it waited for them; how few come without says nothing.</param>
    public void Came(int completions, bool waited)
    {
        if (!waited)
        {
            return;
        }

        if (completions < Math.Max(Wanted, Least))
        {
            _turns = 0;
            Wanted = Wanted > 1 && completions / 2 >= Least ? completions / 2 : 1;
        }
        else if (++_turns == Patience)
        {
            _turns = 0;
            Wanted = Math.Clamp(Wanted + 1 + (Wanted / 8), Least, Most);
        }
    }
}
