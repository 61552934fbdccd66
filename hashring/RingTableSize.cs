namespace WsBalancer.HashRing;

/// <summary>The sizes of a ring's table that may be chosen.</summary>
/// <param name="Default">The size if none is chosen.</param>
/// <param name="Min">The smallest, inclusive.</param>
/// <param name="Max">The largest, inclusive.</param>
/// <param name="IsPrime">Whether it must be a prime number.</param>
public sealed record RingTableSize(int Default, int Min, int Max, bool IsPrime)
{
    /// <summary>Whether the size may be chosen.</summary>
    public bool Allows(int size) => size >= Min && size <= Max && (!IsPrime || HasNoDivisor(size));

    /// <summary>The sizes in words.</summary>
    public override string ToString() => $"a {(IsPrime ? "prime" : "whole")} number from {Min} to {Max}";

    private static bool HasNoDivisor(int number)
    {
        for (var divisor = 2; divisor <= number / divisor; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return number > 1;
    }
}
