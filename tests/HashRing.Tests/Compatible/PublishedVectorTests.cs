using System.Globalization;
using System.Text;
using WsBalancer.HashRing.Points;

namespace WsBalancer.HashRing.Tests.Compatible;

/// <summary>The expectations of Envoy's own tests, and published owners of libketama and libmemcached.</summary>
public sealed class PublishedVectorTests
{
    public static TheoryData<string> EnvoyRings =>
        [.. PublishedVectors.All.EnvoyRing.Groups.Select(static group => group.Name)];

    public static TheoryData<string> EnvoyTables =>
        [.. PublishedVectors.All.EnvoyMaglev.Groups.Select(static group => group.Name)];

    public static TheoryData<string> Ketamas =>
        [.. PublishedVectors.All.Ketama.Groups.Select(static group => group.Name)];

    [Theory]
    [MemberData(nameof(EnvoyRings))]
    public void EnvoyRing_IsThePublishedOne(string name)
    {
        var group = PublishedVectors.All.EnvoyRing.Groups.Single(group => group.Name == name);
        var options = new RingOptions
        {
            Algorithm = "envoy-ring",
            Hash = group.HashFunction,
            TableSize = group.MinimumRingSize,
        };
        var ring = EnvoyRing.Build(Membership.Of(Nodes(group.Hosts)), options, group.MaximumRingSize);

        Assert.Equal(group.Size, ring.PointCount);
        foreach (var point in group.Points ?? [])
        {
            Assert.Equal((point.Hash, point.Owner), (ring.ArcEndOf(point.Hash), ring.OwnerOf(point.Hash)));
        }

        Assert.All(group.Picks ?? [], pick => Assert.Equal(pick.Owner, ring.OwnerOf(pick.Hash)));
        if (group.Counts is { } counts)
        {
            Assert.Equal(counts.Owned, CountOwned(ring, counts.Steps));
        }
    }

    [Theory]
    [MemberData(nameof(EnvoyTables))]
    public void EnvoyMaglev_IsThePublishedTable(string name)
    {
        var group = PublishedVectors.All.EnvoyMaglev.Groups.Single(group => group.Name == name);
        var options = new RingOptions { Algorithm = "envoy-maglev", TableSize = group.TableSize };
        var ring = Ring.Build(Nodes(group.Hosts), options);

        Assert.Equal(group.Table, Enumerable.Range(0, group.TableSize).Select(slot => ring.OwnerOf((ulong)slot)));
    }

    [Theory]
    [MemberData(nameof(Ketamas))]
    public void Ketama_OwnerOfEveryKey_IsThePublishedOne(string name)
    {
        var group = PublishedVectors.All.Ketama.Groups.Single(group => group.Name == name);
        var ring = Ring.Build(Nodes(group.Hosts), new RingOptions { Algorithm = "ketama" });

        var numbers = group.Numbers ?? new KetamaNumbers(0, []);
        for (var i = 0; i < numbers.Owners.Count; i++)
        {
            var key = (i * numbers.Step).ToString(CultureInfo.InvariantCulture);
            Assert.Equal((key, numbers.Owners[i]), (key, ring.OwnerOf(key)));
        }

        Assert.All(group.Rows ?? [], row =>
        {
            var hash = ring.Hash(Encoding.UTF8.GetBytes(row.Key));
            Assert.Equal((row.Hash, row.Point, row.Owner), (hash, ring.ArcEndOf(hash), ring.OwnerOf(hash)));
        });
        Assert.True(numbers.Owners.Count + (group.Rows?.Count ?? 0) > 90);
    }

    // Single precision decides the number of a node's points: at these sizes, double precision would give another
    // number.
    [Theory]
    [InlineData(7, 40)]
    [InlineData(49, 40)]
    [InlineData(61, 39)]
    public void Ketama_OfEqualNodes_HasThePointsThatSinglePrecisionGives(int nodes, int digests)
    {
        var ring = (KetamaRing)Ring.Build(
            AnyRing.Equal("ketama", nodes), new RingOptions { Algorithm = "ketama" });

        Assert.Equal(nodes * digests * 4, ring.PointCount);
    }

    // Two digits, so that ids and hosts have the same order.
    private static IEnumerable<RingNode> Nodes(IReadOnlyList<PublishedHost> hosts) => hosts.Select(
        static (host, i) => new RingNode(i.ToString("00", CultureInfo.InvariantCulture), host.Weight, host.Key));

    private static int[] CountOwned(Ring ring, int steps)
    {
        var owned = new int[ring.Nodes.Count];
        for (var i = 0; i < steps; i++)
        {
            owned[ring.OwnerOf((ulong)i * (ulong.MaxValue / (ulong)steps))]++;
        }

        return owned;
    }
}
