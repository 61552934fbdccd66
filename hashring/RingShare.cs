namespace WsBalancer.HashRing;

/// <summary>An exact part of the key space: <paramref name="Owned"/> of <paramref name="Total"/> positions.</summary>
/// <param name="Owned">The number of the ring's positions in this part; at most <paramref name="Total"/>.</param>
/// <param name="Total">All positions of the ring: for rendezvous, its 2^18 slots.</param>
public readonly record struct RingShare(UInt128 Owned, UInt128 Total)
{
    /// <summary>The part as a fraction, 0 to 1; 0 when there are no positions at all.</summary>
    public double Ratio => Total == 0 ? 0 : (double)Owned / (double)Total;
}
