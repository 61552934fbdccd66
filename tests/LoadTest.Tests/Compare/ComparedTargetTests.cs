using WsBalancer.LoadTest.Compare;

namespace WsBalancer.LoadTest.Tests.Compare;

public sealed class ComparedTargetTests
{
    [Theory]
    [InlineData("a=ws://h:80/ws", "a", "ws://h/ws", null)]
    [InlineData("a=ws://h:1/ws,42", "a", "ws://h:1/ws", 42)]
    [InlineData("a=ws://h:1/ws?x=1,2,42", "a", "ws://h:1/ws?x=1,2", 42)]
    [InlineData("a=ws://h:1/ws?x=1,b", "a", "ws://h:1/ws?x=1,b", null)]
    public void Parse_OfNameAddressAndProcess_TakesThemApart(string text, string name, string address, int? process)
    {
        var target = ComparedTarget.Parse(text);

        Assert.NotNull(target);
        Assert.Equal((name, process), (target.Name, target.Process));
        Assert.Equal(new Uri(address).AbsoluteUri, target.Address.AbsoluteUri);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ws://h:1/")]
    [InlineData("=ws://h:1/")]
    [InlineData("a=")]
    [InlineData("a=h:1")]
    [InlineData("a=http://h:1/")]
    [InlineData("a=wss://h:1/")]
    [InlineData("a=ws://h:1/,0")]
    public void Parse_OfAnythingElse_IsRefused(string text) => Assert.Null(ComparedTarget.Parse(text));

    [Fact]
    public void Shown_HidesTheQuery() =>
        Assert.Equal("ws://h:1/ws", ComparedTarget.Parse("a=ws://h:1/ws?token=secret")!.Shown);
}
