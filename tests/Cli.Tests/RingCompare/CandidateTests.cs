using WsBalancer.Cli.RingCompare;
using WsBalancer.HashRing;

namespace WsBalancer.Cli.Tests.RingCompare;

/// <summary>The description of each algorithm in the comparison agrees with the behaviour of its ring.</summary>
public sealed class CandidateTests
{
    public static TheoryData<string> Algorithms => [.. RingAlgorithm.All.Select(algorithm => algorithm.Name)];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Weights_AreInWords(string algorithm) =>
        Assert.NotEmpty(WeightWords.Of(RingAlgorithm.Find(algorithm)!));

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void MaskIsRemoval_IsTrueIfMaskingANodePlacesUsersAsRemovingIt(string algorithm)
    {
        var options = new RingOptions { Algorithm = algorithm };
        RingNode[] nodes = [.. Enumerable.Range(1, 6).Select(i => new RingNode($"ws-{i}", i, $"{i}"))];
        var ring = Ring.Build(nodes, options);
        var smaller = Ring.Build(nodes[1..], options);
        var mask = NodeMask.All(6).Without(ring.IndexOf("ws-1"));

        var differing = Enumerable.Range(0, LookupRound.Users).Count(user =>
        {
            var hash = ring.Hash(LookupRound.IdOf(user));
            return ring.Nodes[ring.OwnerOf(hash, mask)].Id != smaller.Nodes[smaller.OwnerOf(hash)].Id;
        });

        Assert.Equal(RingAlgorithm.Find(algorithm)!.MaskIsRemoval, differing == 0);
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void BothLookups_FindTheSameOwners(string algorithm)
    {
        var nodes = new Growth(3, 1).Before(RingAlgorithm.Find(algorithm)!);
        var ring = Ring.Build(nodes, new RingOptions { Algorithm = algorithm });
        var round = new LookupRound(ring);

        round.FromIds();
        var fromIds = round.Sum;
        round.FromHashes();

        Assert.Equal(fromIds, round.Sum);
        Assert.InRange(fromIds, 1, 2 * LookupRound.Users);
    }

    [Fact]
    public void TheUsers_AreDistinct() =>
        Assert.Equal(
            LookupRound.Users,
            Enumerable.Range(0, LookupRound.Users).Select(i => Convert.ToHexString(LookupRound.IdOf(i))).Distinct()
                .Count());

    [Theory]
    [InlineData(1, "10.0.0.1:8080")]
    [InlineData(250, "10.0.0.250:8080")]
    [InlineData(251, "10.0.1.1:8080")]
    [InlineData(2_000, "10.0.7.250:8080")]
    public void ANode_IsCalledLikeAnAddress(int number, string id)
    {
        var nginx = RingAlgorithm.Find("nginx")!;
        var haproxy = RingAlgorithm.Find("haproxy")!;

        Assert.Equal(new RingNode(id), new Growth(number, 1).Before(nginx)[^1]);
        Assert.Equal(new RingNode(id, Key: $"{number}"), new Growth(number, 1).Before(haproxy)[^1]);
    }
}
