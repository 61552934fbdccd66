using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using WsBalancer.HashRing.Rendezvous;

namespace WsBalancer.HashRing.Tests;

/// <summary>
/// The promise of stability: results that must be equal in two releases, machines or languages. A vector that fails
/// must never be regenerated to match the code; a ring with other results needs another version.
/// </summary>
public sealed class GoldenVectorTests
{
    private static readonly Dictionary<string, Lazy<Ring>> Rings = GoldenVectors.All.Rings.ToDictionary(
        static golden => golden.Name,
        static golden => new Lazy<Ring>(() => SmallRing.Build(golden.RingNodes, golden.SlotBits, golden.Seed)));

    public static TheoryData<string> RingNames => [.. GoldenVectors.All.Rings.Select(static ring => ring.Name)];

    // Proves that the run without intrinsics has none: see IntrinsicsOffTests.
    [Fact]
    public void HardwareIntrinsics_AreOffWhenTheEnvironmentDisablesThem()
    {
        var isOff = Environment.GetEnvironmentVariable("DOTNET_EnableHWIntrinsic") == "0";

        Assert.Equal(!isOff, Vector128.IsHardwareAccelerated);
    }

    [Fact]
    public void LogTable_IsExact()
    {
        var golden = GoldenVectors.All.LogTable;

        var bytes = new byte[NegLog2.Entries.Length * sizeof(ulong)];
        for (var i = 0; i < NegLog2.Entries.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), NegLog2.Entries[i]);
        }

        Assert.Equal(99_129_148_066UL, NegLog2.Entries[1]);
        Assert.Equal(281_425_403_060_709UL, NegLog2.Entries[4095]);
        Assert.Equal((golden.First, golden.Last), (NegLog2.Entries[1], NegLog2.Entries[4095]));
        Assert.Equal(golden.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Fact]
    public void Logarithms_AreThoseOfTheVectors()
    {
        Assert.All(GoldenVectors.All.NegLog2, static pair =>
            Assert.Equal(pair.Value, NegLog2.Of(ulong.Parse(pair.Key, NumberStyles.HexNumber, null))));
    }

    [Fact]
    public void SlotWords_AreTheOutputOfSplitMix64() => Assert.Equal(0xE220_A839_7B1D_CDAFUL, Mix.SlotWord(0, 0));

    [Theory]
    [MemberData(nameof(RingNames))]
    public void Ring_HasSpecFingerprintTableAndShares(string name)
    {
        var (golden, ring) = Build(name);

        Assert.Equal(golden.Spec, ring.Spec);
        Assert.Equal(golden.Fingerprint, ring.Fingerprint.ToString("x32", null));
        Assert.Equal(golden.TableSha256, TableSha256(ring));
        Assert.Equal(golden.Owned, Enumerable.Range(0, ring.Nodes.Count).Select(node => (int)ring.ShareOf(node).Owned));
    }

    [Theory]
    [MemberData(nameof(RingNames))]
    public void Ring_HasHashesOwnersAndOrdersOfUsers(string name)
    {
        var (golden, ring) = Build(name);

        AssertUsers(golden.Users, ring);
    }

    private static void AssertUsers(IEnumerable<GoldenUser> users, Ring ring)
    {
        var order = new int[ring.Nodes.Count];

        Assert.All(users, user =>
        {
            var count = ring.OrderOf(ring.Hash(user.Id), order);
            Assert.Equal(user.Hash, ring.Hash(user.Id).ToString("x16", null));
            Assert.Equal(user.Hash, ring.Hash(Encoding.UTF8.GetBytes(user.Id)).ToString("x16", null));
            Assert.Equal(user.Order[0], ring.OwnerOf(user.Id));
            Assert.Equal(user.Order, order.Take(Math.Min(count, user.Order.Count)));
        });
    }

    public static TheoryData<string> MaglevNames => [.. GoldenVectors.All.Maglevs.Select(static ring => ring.Name)];

    [Theory]
    [MemberData(nameof(MaglevNames))]
    public void Maglev_HasSpecFingerprintTableSharesAndOrders(string name)
    {
        var golden = GoldenVectors.All.Maglevs.Single(ring => ring.Name == name);
        var ring = Ring.Build(golden.RingNodes, new RingOptions
        {
            Algorithm = "maglev",
            TableSize = golden.TableSize,
            Seed = golden.Seed,
        });

        Assert.Equal(golden.Spec, ring.Spec);
        Assert.Equal(golden.Fingerprint, ring.Fingerprint.ToString("x32", null));
        Assert.Equal(golden.TableSha256, TableSha256(ring));
        Assert.Equal(golden.Owned, Enumerable.Range(0, ring.Nodes.Count).Select(node => (int)ring.ShareOf(node).Owned));
        AssertUsers(golden.Users, ring);
    }

    [Theory]
    [InlineData("nginx", null, null)]
    [InlineData("haproxy", "djb2", null)]
    [InlineData("ketama", null, null)]
    [InlineData("envoy-maglev", null, 251)]
    [InlineData("envoy-ring", "murmur2", 100)]
    public void KeyedRing_HasSpecAndFingerprint(string algorithm, string? hash, int? size)
    {
        var ring = Ring.Build(
            [new RingNode("b", 3, "22"), new RingNode("a", 1, "1")],
            new RingOptions { Algorithm = algorithm, Hash = hash, TableSize = size });

        var golden = Assert.Single(GoldenVectors.All.Keyed, golden => golden.Spec == ring.Spec);
        Assert.Equal(golden.Fingerprint, ring.Fingerprint.ToString("x32", null));
    }

    private static (GoldenRing Golden, Ring Ring) Build(string name)
    {
        var golden = GoldenVectors.All.Rings.Single(ring => ring.Name == name);
        return (golden, Rings[name].Value);
    }

    private static string TableSha256(Ring ring)
    {
        var bytes = new byte[(int)ring.PositionCount * sizeof(ushort)];
        for (var slot = 0; slot < bytes.Length / sizeof(ushort); slot++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(
                bytes.AsSpan(slot * sizeof(ushort)), (ushort)ring.OwnerAt((ulong)slot));
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
