using System.Globalization;
using System.Text;

namespace WsBalancer.HashRing.Tests.Compatible;

/// <summary>
/// Every key has the owner that the real nginx and the real HAProxy returned. A vector that fails must never be
/// regenerated to match the code.
/// </summary>
public sealed class PeerVectorTests
{
    public static TheoryData<string> NginxGroups =>
        [.. PeerVectors.All.Nginx.Groups.Select(static group => group.Name)];

    public static TheoryData<string> HaproxyGroups =>
        [.. PeerVectors.All.Haproxy.Groups.Select(static group => group.Name)];

    [Theory]
    [MemberData(nameof(NginxGroups))]
    public void Nginx_OwnerOfEveryKey_IsTheRealOne(string name)
    {
        var group = PeerVectors.All.Nginx.Groups.Single(group => group.Name == name);
        var nodes = group.Servers.Select(static (server, i) => new RingNode(Id(i), server.Weight, server.Server));

        AssertOwners(
            new RingOptions { Algorithm = "nginx" },
            [.. nodes],
            [.. group.Servers.Select(static server => server.Down)],
            group.Owners);
    }

    [Theory]
    [MemberData(nameof(HaproxyGroups))]
    public void Haproxy_OwnerOfEveryKey_IsTheRealOne(string name)
    {
        var group = PeerVectors.All.Haproxy.Groups.Single(group => group.Name == name);
        var nodes = group.Servers.Select(static (server, i) =>
            new RingNode(Id(i), server.Weight, server.Id.ToString(CultureInfo.InvariantCulture)));

        AssertOwners(
            new RingOptions { Algorithm = "haproxy", Hash = group.Hash },
            [.. nodes],
            [.. group.Servers.Select(static server => server.Down)],
            group.Owners);
    }

    [Fact]
    public void Haproxy_WithoutAHash_HasTheDefaultOfThePeer() => Assert.Equal(
        Ring.Build([new RingNode("1")], new RingOptions { Algorithm = "haproxy", Hash = "sdbm+avalanche" }).Spec,
        Ring.Build([new RingNode("1")], new RingOptions { Algorithm = "haproxy" }).Spec);

    [Fact]
    public void Vectors_CoverEveryHashOfHaproxyAndServersThatAreSkipped()
    {
        var hashes = PeerVectors.All.Haproxy.Groups.Select(static group => group.Hash).ToHashSet();

        Assert.True(hashes.SetEquals(RingAlgorithm.Find("haproxy")!.Hashes));
        Assert.Contains(PeerVectors.All.Haproxy.Groups, static group => group.Servers.Any(static s => s.Down));
        Assert.Contains(PeerVectors.All.Nginx.Groups, static group => group.Servers.Count(static s => s.Down) > 1);
        Assert.True(PeerVectors.All.Keys.Count(static key => !Ascii.IsValid(key.Text)) > 8);
        Assert.Contains(PeerVectors.All.Keys, static key => key.Whole.Length >= 4000);
    }

    // Two digits, so that ids and servers have the same order.
    private static string Id(int place) => place.ToString("00", CultureInfo.InvariantCulture);

    /// <summary>A server that is down is masked; a ring without that server must have the same owners.</summary>
    private static void AssertOwners(RingOptions options, RingNode[] nodes, bool[] down, IReadOnlyList<int?> owners)
    {
        var ring = Ring.Build(nodes, options);
        var without = Ring.Build(nodes.Where((_, i) => !down[i]), options);
        var available = AnyRing.MaskOf(ring, nodes.Where((_, i) => !down[i]));

        Assert.Equal(PeerVectors.All.Keys.Count, owners.Count);
        for (var i = 0; i < owners.Count; i++)
        {
            if (owners[i] is not { } owner)
            {
                continue;
            }

            var key = PeerVectors.All.Keys[i];
            var expected = $"{Id(owner)} for {key.Times} times {key.Text}";
            var hash = ring.Hash(Encoding.UTF8.GetBytes(key.Whole));
            Assert.Equal(hash, ring.Hash(key.Whole));
            Assert.Equal(expected, OwnerText(ring, ring.OwnerOf(hash, available), key));
            Assert.Equal(expected, OwnerText(without, without.OwnerOf(key.Whole), key));
        }
    }

    private static string OwnerText(Ring ring, int node, PeerKey key) =>
        $"{SmallRing.IdOf(ring, node)} for {key.Times} times {key.Text}";
}
