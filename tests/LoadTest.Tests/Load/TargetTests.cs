using System.Net;
using System.Net.Sockets;
using System.Text;
using WsBalancer.LoadTest.Load;
using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Tests.Load;

public sealed class TargetTests
{
    [Theory]
    [InlineData("ws://h/ws", "u", "/ws?user=u1")]
    [InlineData("ws://h/ws?room=a%20b", "u", "/ws?room=a%20b&user=u1")]
    [InlineData("ws://h/", "@a&b=", "/?user=%40a%26b%3D1")]
    [InlineData("ws://h/ws?x=1", null, "/ws?x=1")]
    [InlineData("ws://h/a%2fb/../%41|{}?q=50%&r=^#part", "u", "/a%2fb/../%41|{}?q=50%&r=^&user=u1")]
    public void For_TheFirstConnection_AppendsItsUser(string address, string? prefix, string expected) =>
        Assert.Equal(expected, new Target(Parse(address), prefix).For(0).PathAndQuery);

    [Fact]
    public void Shown_LeavesOutTheQuery() =>
        Assert.Equal("ws://h/ws", new Target(Parse("ws://h/ws?token=secret"), "u").Shown);

    [Fact]
    public async Task Connector_SendsTheTargetAsItWasWritten()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var address = Parse($"ws://{listener.LocalEndPoint}/a%2fb//../%41|{{}}?q=50%&r=%C3%a9");
        using var connector = new Connector(TimeSpan.FromSeconds(20), TimeProvider.System);

        var connecting = connector.ConnectAsync(address, TestContext.Current.CancellationToken);
        using (var node = await listener.AcceptAsync(TestContext.Current.CancellationToken))
        {
            var head = new byte[4096];
            var length = await node.ReceiveAsync(head, TestContext.Current.CancellationToken);

            Assert.StartsWith(
                "GET /a%2fb//../%41|{}?q=50%&r=%C3%a9 HTTP/1.1\r\n",
                Encoding.ASCII.GetString(head, 0, length),
                StringComparison.Ordinal);
        }

        Assert.Null((await connecting).Socket);
    }

    private static Uri Parse(string text)
    {
        Assert.True(WrittenUrl.TryParse(text, out var url, "ws"));
        return url;
    }
}
