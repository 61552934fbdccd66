namespace WsBalancer.HashRing.Tests.Compatible;

/// <summary>
/// The data that others published about their rings, with the sources; see the folder <c>Vectors</c>.
/// </summary>
internal sealed record PublishedVectors(
    PublishedGroups<EnvoyRingGroup> EnvoyRing,
    PublishedGroups<EnvoyMaglevGroup> EnvoyMaglev,
    PublishedGroups<KetamaGroup> Ketama)
{
    public static readonly PublishedVectors All = GoldenVectors.Load<PublishedVectors>("published.json");
}

internal sealed record PublishedGroups<T>(IReadOnlyList<T> Groups);

internal sealed record PublishedHost(string Key, int Weight);

internal sealed record PublishedPick(ulong Hash, int Owner);

internal sealed record PublishedCounts(int Steps, IReadOnlyList<int> Owned);

internal sealed record EnvoyRingGroup(
    string Name,
    string HashFunction,
    int MinimumRingSize,
    int MaximumRingSize,
    IReadOnlyList<PublishedHost> Hosts,
    int Size,
    IReadOnlyList<PublishedPick>? Points,
    IReadOnlyList<PublishedPick>? Picks,
    PublishedCounts? Counts);

internal sealed record EnvoyMaglevGroup(
    string Name, int TableSize, IReadOnlyList<PublishedHost> Hosts, IReadOnlyList<int> Table);

internal sealed record KetamaGroup(
    string Name, IReadOnlyList<PublishedHost> Hosts, KetamaNumbers? Numbers, IReadOnlyList<KetamaRow>? Rows);

/// <summary>The owners of the keys "0", "step", "2·step" and so on.</summary>
internal sealed record KetamaNumbers(int Step, IReadOnlyList<int> Owners);

internal sealed record KetamaRow(string Key, ulong Hash, ulong Point, int Owner);
