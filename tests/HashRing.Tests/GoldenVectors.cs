using System.Globalization;
using System.Text.Json;

namespace WsBalancer.HashRing.Tests;

/// <summary>
/// The results of an independent implementation of the ring's definition; see the folder <c>Vectors</c>.
/// </summary>
internal sealed record GoldenVectors(
    GoldenLogTable LogTable,
    Dictionary<string, ulong> NegLog2,
    IReadOnlyList<GoldenRing> Rings,
    IReadOnlyList<GoldenMaglev> Maglevs,
    IReadOnlyList<GoldenKeyed> Keyed,
    GoldenBlend Blend)
{
    public static readonly GoldenVectors All = Load<GoldenVectors>("vectors.json");

    /// <summary>Reads a file of the folder <c>Vectors</c>.</summary>
    public static T Load<T>(string file)
    {
        using var stream = typeof(GoldenVectors).Assembly.GetManifestResourceStream(file)!;
        return JsonSerializer.Deserialize<T>(stream, JsonSerializerOptions.Web)!;
    }
}

internal sealed record GoldenLogTable(ulong First, ulong Last, string Sha256);

internal sealed record GoldenRing(
    string Name,
    int SlotBits,
    string? Seed,
    IReadOnlyList<string> Nodes,
    string Spec,
    string Fingerprint,
    string TableSha256,
    IReadOnlyList<int> Owned,
    IReadOnlyList<GoldenUser> Users)
{
    public IEnumerable<RingNode> RingNodes => Nodes.Select(static text =>
    {
        var at = text.LastIndexOf('@');
        return new RingNode(text[..at], int.Parse(text[(at + 1)..], CultureInfo.InvariantCulture));
    });
}

internal sealed record GoldenMaglev(
    string Name,
    int TableSize,
    string? Seed,
    IReadOnlyList<string> Nodes,
    string Spec,
    string Fingerprint,
    string TableSha256,
    IReadOnlyList<int> Owned,
    IReadOnlyList<GoldenUser> Users)
{
    /// <summary>Written as <c>id@weight=key</c>.</summary>
    public IEnumerable<RingNode> RingNodes => Nodes.Select(static text =>
    {
        var parts = text.Split('@', '=');
        return new RingNode(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
    });
}

/// <summary>The fingerprint of a ring of the nodes a of weight 1 with key 1, and b of weight 3 with key 22.</summary>
internal sealed record GoldenKeyed(string Spec, string Fingerprint);

internal sealed record GoldenUser(string Text, int Times, string Hash, IReadOnlyList<int> Order)
{
    public string Id => string.Concat(Enumerable.Repeat(Text, Times));
}

internal sealed record GoldenBlend(
    IReadOnlyList<string> Users, IReadOnlyList<string> Hashes, IReadOnlyList<GoldenBlendStep> Steps);

internal sealed record GoldenBlendStep(double Share, IReadOnlyList<int> Over);
