namespace WsBalancer.Cli.RingCompare;

/// <summary>What a comparison found, in the shape of <c>--json</c>.</summary>
/// <param name="Nodes">How many nodes there are before the change.</param>
/// <param name="Added">How many the change adds.</param>
/// <param name="EvenShareOfAdded">
/// The fraction of all users that the added nodes would own if all shares were equal.
/// </param>
/// <param name="Algorithms">One entry for each algorithm, the default first.</param>
internal sealed record ComparisonReport(
    int Nodes, int Added, double EvenShareOfAdded, IReadOnlyList<AlgorithmReport> Algorithms);

/// <summary>One algorithm: what was measured on this machine, and what is exact everywhere.</summary>
/// <param name="Algorithm">Its name.</param>
/// <param name="Spec">Its version and options.</param>
/// <param name="LookupNanoseconds">From a user id in UTF-8 to the index of the owner; measured.</param>
/// <param name="RingNanoseconds">The same from a ready hash; measured.</param>
/// <param name="BuildMilliseconds">To build the ring before the change; measured.</param>
/// <param name="TableBytes">What lookups in it read.</param>
/// <param name="Moved">The fraction of users whose owner the change replaces.</param>
/// <param name="Minimum">Of it, what goes to the added nodes.</param>
/// <param name="Excess">Of it, what goes from one untouched node to another.</param>
/// <param name="PeakToMean">The largest share of a node over the mean share, before the change.</param>
/// <param name="Weights">How a weight counts.</param>
/// <param name="MaskIsRemoval">
/// Whether users of a node that is not available go where a ring without it would have them.
/// </param>
internal sealed record AlgorithmReport(
    string Algorithm,
    string Spec,
    double LookupNanoseconds,
    double RingNanoseconds,
    double BuildMilliseconds,
    long TableBytes,
    double Moved,
    double Minimum,
    double Excess,
    double PeakToMean,
    string Weights,
    bool MaskIsRemoval);
