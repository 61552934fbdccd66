namespace WsBalancer.HashRing.Tests.Compatible;

/// <summary>
/// Input that an algorithm cannot accept is rejected with a reason, and never results in a wrong ring.
/// </summary>
public sealed class AlgorithmInputTests
{
    [Theory]
    [InlineData("rendezvous", "crc32", "no hash with 'rendezvous'")]
    [InlineData("nginx", "crc32", "no hash with 'nginx'")]
    [InlineData("ketama", "md5", "no hash with 'ketama'")]
    [InlineData("haproxy", "md5", "Hash is 'md5': expected one of sdbm+avalanche, sdbm, djb2+avalanche")]
    [InlineData("haproxy", "SDBM", "Hash is 'SDBM'")]
    [InlineData("envoy-ring", "sdbm", "one of xxhash64, murmur2")]
    public void Hash_ThatIsNotTheAlgorithms_IsRefused(string algorithm, string hash, string reason) =>
        AssertRefused(new RingOptions { Algorithm = algorithm, Hash = hash }, reason);

    [Theory]
    [InlineData("rendezvous", 65_537, "no table size with 'rendezvous'")]
    [InlineData("nginx", 65_537, "no table size with 'nginx'")]
    [InlineData("maglev", 65_536, "TableSize is '65536': expected a prime number from 2 to 5000011")]
    [InlineData("maglev", 1, "a prime number")]
    [InlineData("maglev", 0, "a prime number")]
    [InlineData("maglev", -7, "a prime number")]
    [InlineData("envoy-maglev", 5_000_077, "a prime number")]
    [InlineData("envoy-ring", 0, "a whole number from 1 to 8388608")]
    [InlineData("envoy-ring", 8_388_609, "a whole number from 1 to 8388608")]
    public void TableSize_ThatIsNotTheAlgorithms_IsRefused(string algorithm, int size, string reason) =>
        AssertRefused(new RingOptions { Algorithm = algorithm, TableSize = size }, reason);

    [Theory]
    [InlineData("maglev", 2)]
    [InlineData("maglev", 5_000_011)]
    [InlineData("envoy-maglev", 4_999_999)]
    [InlineData("envoy-ring", 8_388_608)]
    public void TableSize_AtItsBounds_IsTaken(string algorithm, int size) =>
        Assert.Empty(new RingOptions { Algorithm = algorithm, TableSize = size }.Mistakes());

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    [InlineData("envoy-ring")]
    [InlineData("envoy-maglev")]
    [InlineData("ketama")]
    public void Seed_OfACompatibleRing_IsRefusedAndNotPrinted(string algorithm)
    {
        var options = new RingOptions { Algorithm = algorithm, Seed = "very-secret" };

        AssertRefused(options, $"no seed with '{algorithm}'");
        Assert.All(options.Mistakes(), static mistake =>
            Assert.DoesNotContain("very-secret", mistake.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Mistakes_OfOptions_AreAllNamed()
    {
        var options = new RingOptions { Algorithm = "nginx", Hash = "crc32", TableSize = 7, Seed = "s" };

        Assert.Equal(["Hash", "TableSize", "Seed"], options.Mistakes().Select(static mistake => mistake.Part));
    }

    [Theory]
    [InlineData("ws-1")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("2147483648")]
    public void Haproxy_WithAKeyThatIsNoId_IsRefused(string key) =>
        AssertRefused("haproxy", "the server's id in HAProxy", new RingNode("ws-1", 1, key));

    // The first points of ids 1 and 2^20 + 1 are 2^32 apart, because each id has room for 4,096 points.
    [Fact]
    public void Haproxy_WithIdsThatShareTheirPoints_IsRefused() => AssertRefused(
        "haproxy", "1048576 or a multiple away", new RingNode("a", 1, "1"), new RingNode("b", 1, "1048577"));

    [Theory]
    [InlineData("nginx")]
    [InlineData("envoy-ring")]
    [InlineData("envoy-maglev")]
    [InlineData("ketama")]
    [InlineData("maglev")]
    public void Keys_ThatAreThereTwice_AreRefused(string algorithm)
    {
        AssertRefused(algorithm, "node 'a' has it", new RingNode("a", 1, "key"), new RingNode("b", 1, "key"));
        AssertRefused(algorithm, "node 'a' has it", new RingNode("a"), new RingNode("b", 1, "a"));
    }

    [Fact]
    public void Keys_OfARendezvousRing_AreNotLookedAt()
    {
        RingNode[] plain = [new RingNode("a"), new RingNode("b")];

        Assert.Equal(
            Ring.Build(plain).Fingerprint,
            Ring.Build(plain.Select(static node => node with { Key = "key" })).Fingerprint);
    }

    [Fact]
    public void Keys_ThatCannotBe_AreRefused()
    {
        AssertRefused("nginx", "is empty", new RingNode("a", 1, ""));
        AssertRefused("nginx", "well-formed", new RingNode("a", 1, "k\uD800"));
        AssertRefused("nginx", "1025 bytes", new RingNode("a", 1, new string('k', 1025)));
        Assert.NotNull(Ring.Build(
            [new RingNode("a", 1, new string('k', 1024))], new RingOptions { Algorithm = "nginx" }));
    }

    [Fact]
    public void Weights_OverTheAlgorithmsBound_AreRefused()
    {
        AssertRefused("haproxy", "Weight of node 'a' is '257': expected at most 256", new RingNode("a", 257, "1"));
        AssertRefused("nginx", "at most 104857", new RingNode("a", 65_535), new RingNode("b", 39_323));
        Assert.Empty(RingAlgorithm.Find("haproxy")!.MistakesIn([new RingNode("a", 256, "1")]));
        Assert.Empty(RingAlgorithm.Find("nginx")!.MistakesIn([new RingNode("a", 65_535), new RingNode("b", 39_322)]));
    }

    [Fact]
    public void Apply_BeyondTheAlgorithmsBound_IsRefused()
    {
        var ring = Ring.Build([new RingNode("a", 1, "1")], new RingOptions { Algorithm = "haproxy" });

        var error = Assert.Throws<ArgumentException>(() => ring.Apply(RingChange.Reweight("a", 257)));

        Assert.Contains("at most 256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_DiffersWithKeysAndOptions()
    {
        UInt128[] all =
        [
            Fingerprint(new RingOptions { Algorithm = "maglev" }, "k"),
            Fingerprint(new RingOptions { Algorithm = "maglev" }, "l"),
            Fingerprint(new RingOptions { Algorithm = "maglev", TableSize = 251 }, "k"),
            Fingerprint(new RingOptions { Algorithm = "maglev", Seed = "s" }, "k"),
            Fingerprint(new RingOptions { Algorithm = "maglev", Seed = "t" }, "k"),
            Fingerprint(new RingOptions { Algorithm = "envoy-maglev" }, "k"),
            Fingerprint(new RingOptions { Algorithm = "envoy-ring" }, "k"),
            Fingerprint(new RingOptions { Algorithm = "envoy-ring", Hash = "murmur2" }, "k"),
            Fingerprint(new RingOptions { Algorithm = "envoy-ring", TableSize = 100 }, "k"),
            Fingerprint(new RingOptions { Algorithm = "haproxy" }, "1"),
            Fingerprint(new RingOptions { Algorithm = "haproxy", Hash = "djb2" }, "1"),
        ];

        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Plan_BetweenAlgorithms_IsRefused()
    {
        var ring = Ring.Build([new RingNode("a")], new RingOptions { Algorithm = "nginx" });

        var error = Assert.Throws<ArgumentException>(() => Ring.Build([new RingNode("a")]).PlanTo(ring));

        Assert.Contains("nginx/1", error.Message, StringComparison.Ordinal);
    }

    private static UInt128 Fingerprint(RingOptions options, string key) =>
        Ring.Build([new RingNode("a", 1, key)], options).Fingerprint;

    private static void AssertRefused(RingOptions options, string reason)
    {
        var error = Assert.Throws<ArgumentException>(() => Ring.Build([new RingNode("1")], options));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string algorithm, string reason, params RingNode[] nodes)
    {
        var error = Assert.Throws<ArgumentException>(
            () => Ring.Build(nodes, new RingOptions { Algorithm = algorithm }));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
