using WsBalancer.HashRing.Tests.Compatible;

namespace WsBalancer.HashRing.Tests;

public sealed class RingBlendTests
{
    private static readonly RingNode[] Four =
        [new("a", 1, "11"), new("b", 2, "12"), new("c", 1, "13"), new("d", 1, "14")];

    private static readonly Gen<double> Share = Gen.OneOf(Gen.Double[0, 1], Gen.OneOf(0.0, 1e-9, 0.5, 1.0));

    private static readonly Gen<string[]> Users = Gen.String[0, 40].Array[1, 40];

    public static TheoryData<string> Others => [.. RingAlgorithm.All.Skip(1).Select(static other => other.Name)];

    [Fact]
    public void User_ThatIsOver_StaysOverWhileTheShareGrows() =>
        SmallRing.ForAll(Gen.Select(Share, Share, Users), static values =>
        {
            var (from, to) = (Nginx(Four), Rendezvous(Four));
            var fewer = new RingBlend(from, to, Math.Min(values.Item1, values.Item2));
            var more = new RingBlend(from, to, Math.Max(values.Item1, values.Item2));

            Assert.All(values.Item3, user => Assert.True(more.IsMoved(user) || !fewer.IsMoved(user)));
        });

    [Fact]
    public void User_OwnersAreThoseOfTheRingItIsOn() =>
        SmallRing.ForAll(Gen.Select(AnyRing.Nodes, Share, Users), static values =>
        {
            var (from, to) = (Nginx(values.Item1), Rendezvous(values.Item1));
            var blend = new RingBlend(from, to, values.Item2);
            var available = NodeMask.All(blend.Nodes.Count).Without(0);
            var (order, expected) = (new int[blend.Nodes.Count], new int[blend.Nodes.Count]);
            foreach (var user in values.Item3)
            {
                var ring = blend.IsMoved(user) ? to : from;
                Assert.Equal(ring.OwnerOf(user), blend.OwnerOf(user));
                Assert.Equal(ring.OwnerOf(ring.Hash(user), available), blend.OwnerOf(user, available));
                var count = blend.OrderOf(user, order);
                Assert.Equal(expected.Take(ring.OrderOf(ring.Hash(user), expected)), order.Take(count));
            }
        });

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Users_AreOverByTheShare(double share)
    {
        const int Count = 20_000;
        var blend = new RingBlend(Nginx(Four), Rendezvous(Four), share);

        var over = Enumerable.Range(0, Count).Count(i => blend.IsMoved($"user-{i}"));

        // Six standard deviations.
        Assert.InRange(over / (double)Count, share - Sigmas(share, Count), share + Sigmas(share, Count));
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("rendezvous")]
    [InlineData("envoy-maglev")]
    public void Users_ThatAreOver_HaveNothingToDoWithWhoseTheyAre(string algorithm)
    {
        var ring = Ring.Build(Four, new RingOptions { Algorithm = algorithm });
        var other = algorithm == "rendezvous" ? Nginx(Four) : Rendezvous(Four);
        var blend = new RingBlend(ring, other, 0.3);

        foreach (var users in Enumerable.Range(0, 20_000).Select(i => $"user-{i}").GroupBy(user => ring.OwnerOf(user)))
        {
            var (count, over) = (users.Count(), users.Count(user => blend.IsMoved(user)));
            Assert.InRange(over / (double)count, 0.3 - Sigmas(0.3, count), 0.3 + Sigmas(0.3, count));
        }
    }

    [Fact]
    public void IsMoved_AgreesWithTheVectors()
    {
        var golden = GoldenVectors.All.Blend;
        Assert.Equal(100, golden.Users.Count);
        foreach (var step in golden.Steps)
        {
            var blend = new RingBlend(Nginx(Four), Rendezvous(Four), step.Share);

            Assert.Equal(step.Over, Enumerable.Range(0, 100).Where(i => blend.IsMoved(golden.Users[i])));
        }
    }

    [Fact]
    public void Shares_AreThoseOfBothRingsByTheShare()
    {
        var (from, to) = (Nginx(Four), Rendezvous(Four));
        var blend = new RingBlend(from, to, 0.25);

        for (var node = 0; node < 4; node++)
        {
            var expected = (0.75 * from.ShareOf(node).Ratio) + (0.25 * to.ShareOf(node).Ratio);
            Assert.Equal(expected, blend.ShareOf(node), 1e-12);
        }

        Assert.Equal(1, Enumerable.Range(0, 4).Sum(blend.ShareOf), 1e-12);
    }

    [Fact]
    public void OneRing_IsThatRing()
    {
        var ring = Nginx(Four);

        Assert.Equal(PartsOf(ring), PartsOf(new RingBlend(ring)));
        Assert.Equal(PartsOf(ring), PartsOf(new RingBlend(ring, Rendezvous(Four), 0)));
        Assert.Equal(PartsOf(ring), PartsOf(new RingBlend(Rendezvous(Four), ring, 1)));
        Assert.False(new RingBlend(ring).IsMoved("alice"));
        Assert.False(new RingBlend(ring, Rendezvous(Four), 0).IsMoved("alice"));
        Assert.True(new RingBlend(Rendezvous(Four), ring, 1).IsMoved("alice"));
        Assert.Equal("11", new RingBlend(Rendezvous(Four), ring, 1).Nodes[0].Key);
    }

    // The fingerprint was computed by this code. It must never change, because balancers of two releases compare it.
    [Fact]
    public void TwoRings_AreNamedBoth()
    {
        var blend = new RingBlend(Nginx(Four), Rendezvous(Four), 0.1);

        Assert.Equal("nginx+rendezvous", blend.Algorithm);
        Assert.Equal("nginx/1 + 10% rendezvous/1;b=18;seed=none", blend.Spec);
        Assert.Equal("aa8ed3aa14c35b548a17891e27547d4f", blend.Fingerprint.ToString("x32", null));
    }

    [Fact]
    public void Fingerprint_DiffersWithEverythingThatDecidesOwners()
    {
        RingNode[] heavier = [.. Four[..3], Four[3] with { Weight = 2 }];
        RingBlend[] blends =
        [
            new(Nginx(Four)),
            new(Rendezvous(Four)),
            new(Nginx(Four), Rendezvous(Four), 0.1),
            new(Nginx(Four), Rendezvous(Four), 0.1 + 1e-12),
            new(Rendezvous(Four), Nginx(Four), 0.1),
            new(Nginx(Four), Ring.Build(Four, new RingOptions { Algorithm = "maglev" }), 0.1),
            new(Nginx(heavier), Rendezvous(heavier), 0.1),
        ];

        Assert.Equal(blends.Length, blends.Select(blend => blend.Fingerprint).Distinct().Count());
        Assert.Equal(blends[2].Fingerprint, new RingBlend(Nginx(Four), Rendezvous(Four), 0.1).Fingerprint);
    }

    [Fact]
    public void Rings_OfOtherNodesOrSharesThatAreNone_AreRefused()
    {
        var (from, to) = (Nginx(Four), Rendezvous(Four[..3]));

        var refusal = Assert.Throws<ArgumentException>(() => new RingBlend(from, to, 0.5));
        Assert.Contains("same nodes", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(
            () => new RingBlend(from, Rendezvous([.. Four[..3], Four[3] with { Weight = 9 }]), 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RingBlend(from, Rendezvous(Four), -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RingBlend(from, Rendezvous(Four), 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RingBlend(from, Rendezvous(Four), -double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RingBlend(from, Rendezvous(Four), double.NaN));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Blend_OfEveryAlgorithm_PlacesEveryUser(string algorithm)
    {
        var nodes = AnyRing.Equal(algorithm, 5);
        var blend = new RingBlend(AnyRing.Build(algorithm, nodes), Rendezvous(nodes), 0.5);

        var users = Enumerable.Range(0, 200).Select(i => blend.OwnerOf($"user-{i}")).Distinct().ToArray();

        Assert.Equal(5, users.Length);
        Assert.InRange(blend.OwnerOf(0x123456789abcdef, NodeMask.All(5).Without(2)), 0, 4);
    }

    [Fact]
    public void Nodes_WithoutWeight_OwnNoUser()
    {
        RingNode[] nodes = [new("a", 0, "1"), new("b", 0, "2")];

        Assert.Equal(-1, new RingBlend(Nginx(nodes), Rendezvous(nodes), 0.5).OwnerOf("alice"));
    }

    private static double Sigmas(double share, int count) => 6 * Math.Sqrt(share * (1 - share) / count);

    private static (string, string, UInt128, int) PartsOf(Ring ring) =>
        (ring.Spec, ring.Algorithm, ring.Fingerprint, ring.OwnerOf("alice"));

    private static (string, string, UInt128, int) PartsOf(RingBlend blend) =>
        (blend.Spec, blend.Algorithm, blend.Fingerprint, blend.OwnerOf("alice"));

    private static Ring Nginx(RingNode[] nodes) => Ring.Build(nodes, new RingOptions { Algorithm = "nginx" });

    private static Ring Rendezvous(RingNode[] nodes) => Ring.Build(nodes);
}
