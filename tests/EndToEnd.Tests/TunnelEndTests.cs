using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>
/// However one end disconnects, the other end is disconnected too, and the balancer keeps nothing of the tunnel.
/// </summary>
public sealed class TunnelEndTests(OneNode shared) : IClassFixture<OneNode>
{
    [Fact]
    public async Task TheClientsClose_ReachesTheNode_AndTheNodesTheClient()
    {
        await using var tunnel = await HeldTunnel.Open(shared);

        await tunnel.Client.Send(Frame.Close(4001, "done"));
        var atNode = await tunnel.Node.Wire.ReadFrame();
        await tunnel.Node.Send(Frame.Close(4001, "yes"));
        var atClient = await tunnel.Client.Read();
        tunnel.Node.Wire.HalfClose();

        Assert.Equal(((int?)4001, "done"), (atNode.CloseCode, atNode.CloseReason));
        Assert.Equal(((int?)4001, "yes"), (atClient.CloseCode, atClient.CloseReason));
        Assert.Equal(StreamEnd.Fin, await tunnel.Client.Wire.ReadEnd());
        await NothingIsLeft(tunnel);
    }

    [Fact]
    public async Task TheNodesClose_ReachesTheClient()
    {
        await using var tunnel = await HeldTunnel.Open(shared);

        await tunnel.Node.Send(Frame.Close(4002, "full"));
        var close = await tunnel.Client.Read();

        Assert.Equal(((int?)4002, "full"), (close.CloseCode, close.CloseReason));
    }

    [Fact]
    public async Task AClientThatIsCutOff_IsDisconnectedFromTheNode()
    {
        await using var tunnel = await HeldTunnel.Open(shared);

        tunnel.Client.Wire.Reset();
        await tunnel.Node.Wire.ReadToEnd();

        await NothingIsLeft(tunnel);
    }

    [Fact]
    public async Task ANodeThatIsCutOff_IsDisconnectedFromTheClient()
    {
        await using var tunnel = await HeldTunnel.Open(shared);

        tunnel.Node.Wire.Reset();
        await tunnel.Client.Wire.ReadToEnd();

        await NothingIsLeft(tunnel);
    }

    // Bytes sent before the end arrive before the end.
    [Fact]
    public async Task TheLastBytes_OfAClientThatDisconnects_ReachTheNode()
    {
        await using var tunnel = await HeldTunnel.Open(shared);
        var payload = Frame.Binary(new byte[100_000]).Masked().ToBytes();
        await tunnel.AssertRelayed(payload, []);

        await tunnel.Client.Wire.Send(payload);
        tunnel.Client.Wire.HalfClose();
        var (bytes, _) = await tunnel.Node.Wire.ReadToEnd();

        Assert.Equal(payload, bytes);
    }

    [Fact]
    public async Task TheLastBytes_RightAfterTheHandshake_ReachTheNode()
    {
        var payload = Frame.Binary(new byte[100_000]).Masked().ToBytes();
        for (var attempt = 0; attempt < 50; attempt++)
        {
            await using var tunnel = await HeldTunnel.Open(shared);

            await tunnel.Client.Wire.Send(payload);
            tunnel.Client.Wire.HalfClose();
            var (bytes, _) = await tunnel.Node.Wire.ReadToEnd();

            Assert.Equal(payload, bytes);
        }
    }

    // The payload exceeds the node's receive window: the rest is in the balancer's send buffer when the tunnel ends.
    [Fact]
    public async Task TheLastBytes_ReachANodeThatReadsThemAfterTheEnd()
    {
        await using var tunnel = await HeldTunnel.Open(shared);
        var payload = Frame.Binary(new byte[400_000]).Masked().ToBytes();

        await tunnel.Client.Wire.Send(payload);
        tunnel.Client.Wire.HalfClose();
        await NothingIsLeft(tunnel);
        var (bytes, end) = await tunnel.Node.Wire.ReadToEnd();

        Assert.Equal((payload.Length, StreamEnd.Fin), (bytes.Length, end));
    }

    [Fact]
    public async Task TheLastBytes_OfANodeThatDisconnects_ReachTheClient()
    {
        await using var tunnel = await HeldTunnel.Open(shared);
        var payload = Frame.Binary(new byte[100_000]).ToBytes();

        await tunnel.Node.Wire.Send(payload);
        tunnel.Node.Wire.HalfClose();
        var (bytes, _) = await tunnel.Client.Wire.ReadToEnd();

        Assert.Equal(payload, bytes);
    }

    private static Task NothingIsLeft(HeldTunnel tunnel) => tunnel.Balancer.Until(
        "no tunnel is left", cluster => (int)cluster["nodes"]![0]!["tunnels"]! == 0);
}
