using System.Text;
using WsBalancer.HashRing.Points;

namespace WsBalancer.HashRing.Tests.Points;

/// <summary>The values that <c>std::hash&lt;std::string&gt;</c> of GCC 12's libstdc++ returned on x86-64.</summary>
public sealed class Murmur2Tests
{
    [Theory]
    [InlineData("", 0x553E_9390_1E46_2A6E)]
    [InlineData("a", 0x454D_DEE4_88C1_ED6B)]
    [InlineData("abcdefg", 0xDEEE_6830_A3AF_82AF)]
    [InlineData("abcdefgh", 0x783D_B3E3_8DB8_98BB)]
    [InlineData("abcdefghi", 0xB4EC_9257_851C_8AAF)]
    [InlineData("0123456789abcdef", 0x934B_0D76_0642_ED86)]
    [InlineData("0123456789abcdefX", 0x86E0_5153_0607_065F)]
    public void Hash_OfEveryKindOfLength_IsThatOfTheStandardLibrary(string text, ulong hash) =>
        Assert.Equal(hash, Murmur2.Of(Encoding.UTF8.GetBytes(text)));
}
