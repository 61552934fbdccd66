using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tests.Framing;

public sealed class CloseCodeTests
{
    [Theory]
    [InlineData(null, "none")]
    [InlineData(1000, "1000")]
    [InlineData(1015, "1015")]
    [InlineData(1016, "other")]
    [InlineData(999, "other")]
    [InlineData(0, "other")]
    [InlineData(2999, "other")]
    [InlineData(3000, "3000-3999")]
    [InlineData(4999, "4000-4999")]
    [InlineData(65535, "other")]
    public void Label_IsOneOfAFew(int? code, string label) => Assert.Equal(label, CloseCode.LabelOf(code));

    [Fact]
    public void Labels_AreTwenty() =>
        Assert.Equal(20, Enumerable.Range(-1, 65_537).Select(code => CloseCode.LabelOf(code < 0 ? null : code))
            .Distinct().Count());
}
