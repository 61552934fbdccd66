using System.Text.Json.Serialization;

namespace WsBalancer.Cli.RingCompare;

/// <summary>The result of a comparison, with the fields of <c>--json</c>.</summary>
/// <param name="Nodes">The number of nodes before the change.</param>
/// <param name="Added">The number of nodes that the change adds.</param>
/// <param name="EvenShareOfAdded">
/// The fraction of all users that the added nodes would own if all shares were equal.
/// </param>
/// <param name="Algorithms">One entry for each algorithm, the default first.</param>
internal sealed record ComparisonReport(
    int Nodes, int Added, double EvenShareOfAdded, IReadOnlyList<AlgorithmReport> Algorithms);

/// <summary>One algorithm: what was measured on this machine, and what is exact everywhere.</summary>
/// <param name="Algorithm">The name of the algorithm.</param>
/// <param name="Spec">The version and the options of the ring.</param>
/// <param name="LookupNanoseconds">
/// The time of a lookup from a user id in UTF-8 to the index of the owner; measured.
/// </param>
/// <param name="RingNanoseconds">The time of a lookup from a ready hash; measured.</param>
/// <param name="BuildMilliseconds">The time to build the ring before the change; measured.</param>
/// <param name="TableBytes">The size of the memory that lookups read.</param>
/// <param name="Moved">The fraction of users whose owner the change replaces.</param>
/// <param name="Minimum">The part of <paramref name="Moved"/> to the added nodes.</param>
/// <param name="Excess">The part of <paramref name="Moved"/> from one untouched node to another.</param>
/// <param name="PeakToMean">The largest share of a node over the mean share, before the change.</param>
/// <param name="Weights">The effect of a weight, in a word or two.</param>
/// <param name="MaskIsRemoval">
/// Whether users of a node that is not available are placed as by a ring without that node.
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

/// <summary>Writes the comparison for <c>--json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ComparisonReport))]
internal sealed partial class RingCompareJson : JsonSerializerContext;
