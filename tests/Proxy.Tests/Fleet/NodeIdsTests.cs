using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class NodeIdsTests
{
    [Theory]
    [InlineData("ws-1", "ws-1")]
    [InlineData("WS-1", "WS-1")]
    [InlineData("Ws-1", "WS-1")]
    [InlineData("WS-2", "ws-2")]
    [InlineData("ws-3", null)]
    [InlineData("", null)]
    public void Id_IsTheExactOne_OrElseTheFirstInAnotherCase(string requested, string? found) =>
        Assert.Equal(found, NodeIds.Match(["WS-1", "ws-1", "ws-2"], requested));
}
