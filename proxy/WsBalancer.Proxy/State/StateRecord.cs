using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsBalancer.Proxy.State;

/// <summary>
/// One runtime change, as every balancer of the fleet has it. A deletion is a record too: the absence of a record has
/// no meaning.
/// </summary>
/// <param name="Key">The subject of the decision.</param>
/// <param name="Version">The version; the higher one wins at every balancer.</param>
/// <param name="Value">The decision; null if it was taken back.</param>
internal sealed record StateRecord(StateKey Key, StateVersion Version, StateValue? Value)
{
    /// <summary>Whether this record wins over another record of the same key, at every balancer.</summary>
    // Two records of one version are a mistake: a balancer that lost its file, or two balancers with one id, can write
    // them. Any rule is good enough, as long as it is the same at every balancer.
    public bool IsNewerThan(StateRecord other) => Version.CompareTo(other.Version) switch
    {
        0 => this != other && string.CompareOrdinal(StateJson.Write(this), StateJson.Write(other)) > 0,
        var order => order > 0,
    };
}

/// <summary>The subject of a record. Ids of clusters ignore case, those of nodes do not.</summary>
/// <param name="Cluster">The cluster, in lower case.</param>
/// <param name="Kind">The kind of the decision.</param>
/// <param name="Node">The node; empty for a decision about the cluster.</param>
internal readonly record struct StateKey(string Cluster, StateKind Kind, string Node)
{
    /// <summary>The key of a decision about a node.</summary>
    public static StateKey Of(string cluster, StateKind kind, string node) =>
        new(cluster.ToLowerInvariant(), kind, node);

    /// <summary>The key of a decision about a whole cluster.</summary>
    public static StateKey Of(string cluster, StateKind kind) => Of(cluster, kind, "");

    /// <summary>The cluster in the text of a key; null if the text is not a key.</summary>
    public static string? ClusterIn(string key) =>
        key.Split('/') is [.. { Length: > 0 } cluster, _, _] ? string.Join('/', cluster) : null;

    /// <summary>The key as text: the name of its field in Redis, and its name in messages.</summary>
    public override string ToString() => $"{Cluster}/{JsonNamingPolicy.CamelCase.ConvertName(Kind.ToString())}/{Node}";
}

/// <summary>The kinds of runtime decisions; each has a <see cref="StateValue"/> of its own.</summary>
[JsonConverter(typeof(StateNameConverter<StateKind>))]
internal enum StateKind
{
    /// <summary>A node that was added, or registered itself: <see cref="MemberValue"/>.</summary>
    Member,

    /// <summary>A node that was removed: <see cref="RemovalValue"/>.</summary>
    Removal,

    /// <summary>Another weight than the file's: <see cref="WeightValue"/>.</summary>
    Weight,

    /// <summary>A drain that an operator began: <see cref="DrainValue"/>.</summary>
    Drain,

    /// <summary>A part of the users on another ring: <see cref="BlendValue"/>.</summary>
    Blend,

    /// <summary>The last rebalance of the cluster: <see cref="RebalanceValue"/>.</summary>
    Rebalance,
}

/// <summary>
/// Orders the records of a key without any clock: 1 + the highest number that its writer had seen, then the writer.
/// </summary>
/// <param name="Number">From 1 to <see cref="HighestNumber"/>.</param>
/// <param name="Writer">The id of the balancer that wrote it.</param>
internal readonly record struct StateVersion(long Number, string Writer) : IComparable<StateVersion>
{
    /// <summary>
    /// The highest number of any record: a record above it is set aside when read, and never written.
    /// </summary>
    public const long HighestNumber = 1L << 51;

    /// <summary>
    /// The highest number that determines the numbers of later records. A higher number is damage, as no fleet makes so
    /// many decisions: only the next record of the same key gets a number above it, so that the damage cannot use up
    /// the numbers of other keys.
    /// </summary>
    public const long HighestCounted = 1L << 50;

    public int CompareTo(StateVersion other) =>
        Number != other.Number ? Number.CompareTo(other.Number) : string.CompareOrdinal(Writer, other.Writer);
}
