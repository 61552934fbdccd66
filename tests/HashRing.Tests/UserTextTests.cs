using System.Text;

namespace WsBalancer.HashRing.Tests;

public sealed class UserTextTests
{
    private static readonly Ring Ring = SmallRing.Build([new RingNode("a"), new RingNode("b")], seed: "seed");

    // Any UTF-16 unit. Surrogates are frequent, so that some form pairs and some do not; some texts exceed the stack
    // buffer.
    private static readonly Gen<string> AnyText = Gen.Frequency((3, Gen.Char), (1, Gen.Char['\uD800', '\uDFFF']))
        .Array[0, 300].Select(static chars => new string(chars));

    [Fact]
    public void Hash_OfText_IsThatOfItsUtf8() => SmallRing.ForAll(AnyText, static text =>
    {
        Assert.Equal(Ring.Hash(Encoding.UTF8.GetBytes(text)), Ring.Hash(text));
        Assert.Equal(Ring.OwnerOf(Encoding.UTF8.GetBytes(text)), Ring.OwnerOf(text));
        Assert.Equal(Ring.OwnerOf(Ring.Hash(text)), Ring.OwnerOf(text));
    }, count: 2_000);

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1_000_000)]
    public void Hash_OfTextOfAnyLength_IsThatOfItsUtf8(int length)
    {
        var text = new string('€', length);

        Assert.Equal(Ring.Hash(Encoding.UTF8.GetBytes(text)), Ring.Hash(text));
    }

    // Not inline: an attribute's text is stored as UTF-8, which cannot contain a lone surrogate.
    public static TheoryData<string, string> IllFormed => new()
    {
        { "\uD800", "\uFFFD" },
        { "\uDC00", "\uFFFD" },
        { "a\uDC00\uD800b", "a\uFFFD\uFFFDb" },
        { "\uD83E\uD83E\uDD8A", "\uFFFD🦊" },
        { new string('\uDFFF', 300), new string('\uFFFD', 300) },
    };

    [Theory]
    [MemberData(nameof(IllFormed), DisableDiscoveryEnumeration = true)]
    public void Hash_OfALoneSurrogate_IsThatOfTheReplacementCharacter(string illFormed, string replaced)
    {
        Assert.NotEqual(replaced, illFormed);
        Assert.Equal(Ring.Hash(replaced), Ring.Hash(illFormed));
        Assert.Equal(Ring.Hash(Encoding.UTF8.GetBytes(replaced)), Ring.Hash(illFormed));
    }

    [Fact]
    public void Hash_IsCaseSensitiveAndNotNormalised()
    {
        string[] users = ["alice", "Alice", "alice ", "é", "e\u0301", ""];

        Assert.Equal(users.Length, users.Select(static user => Ring.Hash(user)).Distinct().Count());
    }
}
