using WsBalancer.LoadTest.Connections;

namespace WsBalancer.LoadTest.Tests.Connections;

public sealed class TargetTests
{
    [Theory]
    [InlineData("ws://h/ws", "u", "ws://h/ws?user=u1")]
    [InlineData("ws://h/ws?room=a%20b", "u", "ws://h/ws?room=a%20b&user=u1")]
    [InlineData("ws://h/", "@a&b=", "ws://h/?user=%40a%26b%3D1")]
    [InlineData("ws://h/ws?x=1", null, "ws://h/ws?x=1")]
    public void For_TheFirstConnection_AppendsItsUser(string address, string? prefix, string expected) =>
        Assert.Equal(expected, new Target(new Uri(address), prefix).For(0).AbsoluteUri);

    [Fact]
    public void Shown_LeavesOutTheQuery() =>
        Assert.Equal("ws://h/ws", new Target(new Uri("ws://h/ws?token=secret"), "u").Shown);
}
