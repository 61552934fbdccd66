using System.Runtime.InteropServices;
using System.Security.Cryptography;
using WsBalancer.HashRing.Points;

namespace WsBalancer.HashRing.Tests.Points;

public sealed class Md5Tests
{
    [Fact]
    public void Digest_IsThatOfThePlatform() => SmallRing.ForAll(Gen.Byte.Array[0, 200], static bytes =>
    {
#pragma warning disable CA5351 // MD5 is the subject of the comparison.
        var words = MemoryMarshal.Cast<byte, uint>(MD5.HashData(bytes));
#pragma warning restore CA5351
        var digest = Md5.Of(bytes);

        Assert.Equal((words[0], words[1], words[2], words[3]), (digest.A, digest.B, digest.C, digest.D));
    }, count: 3_000);
}
