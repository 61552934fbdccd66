namespace WsBalancer.HashRing.Tests;

/// <summary>
/// Invalid input never results in a ring: the error message contains the value, and the nearest valid value is
/// accepted.
/// </summary>
public sealed class BadInputTests
{
    private static readonly Ring Ring = SmallRing.Build([new RingNode("a"), new RingNode("b", 2)]);

    public static TheoryData<string?, string> BadIds => new()
    {
        { null, "empty" },
        { "", "empty" },
        { new string('x', 1025), "1025 bytes" },
        { new string('€', 342), "1026 bytes" },
        { "lone\uD800", "well-formed" },
        { "\uDC00", "well-formed" },
    };

    [Theory]
    [MemberData(nameof(BadIds), DisableDiscoveryEnumeration = true)]
    public void NodeId_Wrong_IsRefused(string? id, string reason)
    {
        AssertRefused(reason, () => Ring.Build([new RingNode("a"), new RingNode(id!)]));
        AssertRefused(reason, () => Ring.Apply(RingChange.Add(new RingNode(id!))));
    }

    [Theory]
    [InlineData('x', 1024)]
    [InlineData('€', 341)]
    public void NodeId_OfTheLargestLength_IsAccepted(char letter, int length) =>
        Assert.Equal(0, SmallRing.Build([new RingNode(new string(letter, length))]).OwnerOf("u"));

    [Fact]
    public void NodeId_Twice_IsRefused()
    {
        AssertRefused("'a'", () => Ring.Build([new RingNode("a"), new RingNode("b"), new RingNode("a", 2)]));
        AssertRefused("'b'", () => Ring.Apply(RingChange.Add(new RingNode("b"))));
        Assert.Equal(2, SmallRing.Build([new RingNode("a"), new RingNode("A")]).Nodes.Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65_536)]
    [InlineData(int.MinValue)]
    public void Weight_OutOfRange_IsRefused(int weight)
    {
        AssertRefused("'heavy'", () => Ring.Build([new RingNode("heavy", weight)]));
        AssertRefused($"{weight}", () => Ring.Apply(RingChange.Add(new RingNode("heavy", weight))));
        AssertRefused("'a'", () => Ring.Apply(RingChange.Reweight("a", weight)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_535)]
    public void Weight_AtItsBounds_IsAccepted(int weight) =>
        Assert.Equal(weight, Ring.Apply(RingChange.Reweight("a", weight)).Nodes[0].Weight);

    [Fact]
    public void Nodes_None_IsRefused()
    {
        AssertRefused("at least one node", () => Ring.Build([]));
        AssertRefused("at least one node", () => Ring.Apply(RingChange.Remove("a"), RingChange.Remove("b")));
        Assert.Throws<ArgumentNullException>(() => Ring.Build(null!));
    }

    [Fact]
    public void Nodes_TooMany_AreRefused()
    {
        var most = Enumerable.Range(0, Ring.MaxNodes).Select(static i => new RingNode($"n{i}")).ToArray();

        AssertRefused("65536 nodes", () => Ring.Build([.. most, new RingNode("one too many")]));
        Assert.Equal(Ring.MaxNodes, SmallRing.Build(most, slotBits: 1).Nodes.Count);
    }

    [Theory]
    [InlineData("maglevv")]
    [InlineData("Rendezvous")]
    [InlineData("")]
    [InlineData(null)]
    public void Algorithm_Unknown_IsRefusedWithTheKnownOnes(string? algorithm)
    {
        var options = new RingOptions { Algorithm = algorithm! };

        AssertRefused($"'{algorithm}'", () => Ring.Build([new RingNode("a")], options));
        AssertRefused("rendezvous", () => Ring.Build([new RingNode("a")], options));
    }

    // Lone surrogates cannot be inline: an attribute's text is stored as UTF-8, which cannot contain them.
    public static TheoryData<string> BadSeeds => ["", "secret\uD800"];

    [Theory]
    [MemberData(nameof(BadSeeds), DisableDiscoveryEnumeration = true)]
    public void Seed_Wrong_IsRefusedAndNotPrinted(string seed)
    {
        var error = Assert.Throws<ArgumentException>(
            () => Ring.Build([new RingNode("a")], new RingOptions { Seed = seed }));

        Assert.Contains("seed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Change_OfAnUnknownNode_IsRefused()
    {
        AssertRefused("'c'", () => Ring.Apply(RingChange.Remove("c")));
        AssertRefused("'c'", () => Ring.Apply(RingChange.Reweight("c", 1)));
        AssertRefused("'a'", () => Ring.Apply(RingChange.Remove("a"), RingChange.Reweight("a", 1)));
        AssertRefused("no such node", () => Ring.Apply(RingChange.Remove(null!)));
        AssertRefused("uninitialised", () => Ring.Apply(default(RingChange)));
    }

    [Fact]
    public void Order_IntoATooShortSpan_IsRefused()
    {
        AssertRefused("room for 1", static () => Ring.OrderOf(0, new int[1]));
        Assert.Equal(2, Ring.OrderOf(0, new int[2]));
        Assert.Equal(1, Ring.Apply(RingChange.Reweight("a", 0)).OrderOf(0, new int[1]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void Share_OfANodeThatIsNotThere_IsRefused(int node) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Ring.ShareOf(node));

    private static void AssertRefused(string reason, Func<object> build)
    {
        var error = Assert.ThrowsAny<ArgumentException>(build);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
