using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Interop;
using WsBalancer.EndToEnd.Tests.Processes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>The sample node without a balancer, with real clients.</summary>
public sealed class WsNodeTests
{
    [Fact]
    public async Task Node_WelcomesAndEchoes()
    {
        await using var node = await WsNode.Start("ws-7");
        using var client = await RawClient.Open(node.Port, "/?user=alice");

        var welcomed = await client.ReadWelcome();
        await client.Send(Frame.Text("""{"type":"echo","data":1}"""));
        var echo = await client.Read();

        Assert.Equal("ws-7", welcomed);
        Assert.Equal("""{"type":"echo","data":1}""", echo.PayloadText);
    }

    [Fact]
    public async Task Node_OnTerminate_ClosesItsClientsAndEndsWell()
    {
        await using var node = await WsNode.Start("ws-1");
        using var client = await RawClient.Open(node.Port, "/?user=alice");
        await client.ReadWelcome();

        node.Process.Send(Signal.Terminate);
        var notice = await client.Read();
        var close = await client.Read();
        await client.Send(Frame.Close(close.CloseCode ?? 0));

        Assert.Equal("""{"type":"notice","reason":"drain","reconnectInMs":0}""", notice.PayloadText);
        Assert.Equal((Opcode.Close, 1012), (close.Opcode, close.CloseCode));
        Assert.Equal(0, await node.Process.ExitCode());
    }

    [Fact]
    public async Task Node_ServesClientsOfOtherLanguages()
    {
        await using var node = await WsNode.Start("ws-1");
        var url = new Uri($"ws://127.0.0.1:{node.Port}/?user=alice");

        var results = await Task.WhenAll(InteropClient.RunNode(url), InteropClient.RunPython(url));

        Assert.All(results, result => Assert.Equal((14, true, 4001), (result.Echoed, result.Pong, result.CloseCode)));
    }
}
