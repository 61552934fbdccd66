using System.Runtime.CompilerServices;

namespace WsBalancer.HashRing.Maglev;

/// <summary>The remainder of a division by a number known beforehand: two multiplications, no division.</summary>
internal readonly struct FastModulo
{
    private readonly ulong _divisor;
    private readonly ulong _reciprocal;

    /// <param name="divisor">At least 2.</param>
    public FastModulo(uint divisor)
    {
        _divisor = divisor;

        // Rounded down, so that the resulting quotient is exact or one too small.
        _reciprocal = ulong.MaxValue / divisor;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Of(ulong value)
    {
        var remainder = value - (Math.BigMul(value, _reciprocal, out _) * _divisor);
        return remainder >= _divisor ? remainder - _divisor : remainder;
    }
}
