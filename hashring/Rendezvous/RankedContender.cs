namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// A contender with its L(draw) computed once, because sorting compares it often. The preferred one sorts first.
/// </summary>
/// <param name="contender">The node and its draw.</param>
/// <param name="log">L(draw); any value when all contenders have the same weight, because it is then not read.</param>
internal readonly struct RankedContender(Contender contender, ulong log) : IComparable<RankedContender>
{
    private readonly Contender _contender = contender;
    private readonly ulong _log = log;

    public int Node => _contender.Node;

    public int CompareTo(RankedContender other)
    {
        if (Node == other.Node)
        {
            return 0;
        }

        var isPreferred = _contender.Weight == other._contender.Weight
            ? _contender.Beats(other._contender)
            : _contender.BeatsByQuotient(_log, other._contender, other._log);
        return isPreferred ? -1 : 1;
    }
}
