using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>
/// A tunnel that the balancer closes: one Close frame between two frames of the node, the client's answer to the node,
/// an orderly end on both sides.
/// </summary>
public sealed class CloseTests(PatientNode shared) : IClassFixture<PatientNode>
{
    private const int SentCode = ClosingNode.CloseCode;

    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task ATunnelAtRest_EndsInOrderAtBothSides(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var before = await shared.Balancer.Scrape();

        await shared.CloseByOperator();
        var close = await tunnel.Client.Read();
        await EndInOrder(tunnel);

        Assert.Equal((SentCode, null), (close.CloseCode, close.Mask));
        await AssertEnded(before, "disconnect");
    }

    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task InTheMiddleOfAFrame_TheCloseFollowsItsEnd(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var frame = Frame.Binary(new byte[300_000]).ToBytes();
        await tunnel.Node.Wire.Send(frame.AsMemory(0, 150_000));
        var first = await tunnel.Client.Wire.ReadBytes(150_000);

        await shared.CloseByOperator();
        await tunnel.Node.Wire.Send((byte[])[.. frame[150_000..], .. Frame.Text("dropped").ToBytes()]);
        var rest = await tunnel.Client.Wire.ReadBytes(150_000 + frame.Length - 300_000);
        var close = await tunnel.Client.Read();
        await EndInOrder(tunnel);

        Assert.Equal(frame, first.Concat(rest));
        Assert.Equal(SentCode, close.CloseCode);
    }

    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task InTheHeaderOfAFrame_TheCloseFollowsTheEndOfTheFrame(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var frame = Frame.Binary(new byte[1_000]).ToBytes();
        await tunnel.Node.Wire.Send(frame.AsMemory(0, 3));
        var first = await tunnel.Client.Wire.ReadBytes(3);

        await shared.CloseByOperator();
        await tunnel.Node.Wire.Send(frame.AsMemory(3));
        var rest = await tunnel.Client.Wire.ReadBytes(frame.Length - 3);
        var close = await tunnel.Client.Read();
        await EndInOrder(tunnel);

        Assert.Equal(frame, first.Concat(rest));
        Assert.Equal(SentCode, close.CloseCode);
    }

    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task BetweenTheFragmentsOfAMessage_TheCloseIsSentAtOnce(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        await tunnel.Node.Send(new Frame(Opcode.Text, "to be cont"u8.ToArray()) { Final = false });
        var fragment = await tunnel.Client.Read();

        await shared.CloseByOperator();
        var close = await tunnel.Client.Read();
        await tunnel.Node.Send(new Frame(Opcode.Continuation, "inued"u8.ToArray()));
        await EndInOrder(tunnel);

        Assert.Equal((false, SentCode), (fragment.Final, close.CloseCode));
    }

    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task AfterTheClose_TheNodesFramesAreDropped_AndTheClientsAreRelayed(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);

        await shared.CloseByOperator();
        await tunnel.Node.Send(Frame.Binary(new byte[2_000_000]));
        await tunnel.Client.Send(Frame.Text("my last words"));
        await tunnel.Client.Send(Frame.Ping("and one more"));
        var payload = await tunnel.Node.Wire.ReadFrame();
        var ping = await tunnel.Node.Wire.ReadFrame();
        await tunnel.Node.Send(Frame.Pong(ping.Payload));
        var close = await tunnel.Client.Read();
        await EndInOrder(tunnel);

        Assert.Equal(("my last words", "and one more"), (payload.PayloadText, ping.PayloadText));
        Assert.Equal(SentCode, close.CloseCode);
    }

    // The client sends its Close before it has read the balancer's. For the node, the client's Close is the answer; for
    // the client, the balancer's Close is.
    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task AClientThatClosesAtTheSameMoment_EndsInOrder(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var before = await shared.Balancer.Scrape();

        await shared.CloseByOperator();
        await tunnel.Client.Send(Frame.Close(4001, "I go"));
        var atNode = await tunnel.Node.Wire.ReadFrame();
        await tunnel.Node.Send(Frame.Close(4001, "yes"));
        tunnel.Node.Wire.HalfClose();
        var atClient = await tunnel.Client.Read();

        Assert.Equal((4001, SentCode), (atNode.CloseCode, atClient.CloseCode));
        Assert.Equal(StreamEnd.Fin, await tunnel.Client.Wire.ReadEnd());
        Assert.Equal(StreamEnd.Fin, await tunnel.Node.Wire.ReadEnd());
        await AssertEnded(before, "disconnect");
    }

    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task AClientThatClosedAMomentBefore_EndsInOrder_AndIsCountedAsClosedByTheClient(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var before = await shared.Balancer.Scrape();
        await tunnel.Client.Send(Frame.Close(4001, "I go"));
        var atNode = await tunnel.Node.Wire.ReadFrame();

        await shared.CloseByOperator();
        await tunnel.Node.Send(Frame.Close(4001, "yes"));
        tunnel.Node.Wire.HalfClose();
        var atClient = await tunnel.Client.Read();

        Assert.Equal((4001, SentCode), (atNode.CloseCode, atClient.CloseCode));
        Assert.Equal(StreamEnd.Fin, await tunnel.Client.Wire.ReadEnd());
        await AssertEnded(before, "client");
    }

    // The client answers and disconnects at once, as programs that exit do.
    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task AClientThatAnswersAndDisconnectsAtOnce_HasItsAnswerRelayedToTheNode(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var before = await shared.Balancer.Scrape();

        await shared.CloseByOperator();
        await tunnel.Client.Read();
        await tunnel.Client.Send(Frame.Close(SentCode));
        tunnel.Client.Wire.HalfClose();
        var atNode = await tunnel.Node.Wire.ReadFrame();
        await tunnel.Node.Send(Frame.Close(SentCode));
        tunnel.Node.Wire.HalfClose();

        Assert.Equal(SentCode, atNode.CloseCode);
        Assert.Equal(StreamEnd.Fin, await tunnel.Node.Wire.ReadEnd());
        await AssertEnded(before, "disconnect");
    }

    // The order of most servers: the node answers the Close and ends its connection, then the client's connection ends.
    private static async Task EndInOrder(HeldTunnel tunnel)
    {
        await tunnel.Client.Send(Frame.Close(SentCode, "bye"));
        var answer = await tunnel.Node.Wire.ReadFrame();
        await tunnel.Node.Send(Frame.Close(SentCode, "bye"));
        tunnel.Node.Wire.HalfClose();

        Assert.Equal((SentCode, "bye"), (answer.CloseCode, answer.CloseReason));
        Assert.NotNull(answer.Mask);
        Assert.Equal(StreamEnd.Fin, await tunnel.Client.Wire.ReadEnd());
        Assert.Equal(StreamEnd.Fin, await tunnel.Node.Wire.ReadEnd());
    }

    private async Task AssertEnded(Scrape before, string reason)
    {
        await shared.Balancer.UntilEmpty();
        var after = await shared.Balancer.Scrape();

        Assert.Equal((1, 1), (after.Closed - before.Closed, after.ClosedFor(reason) - before.ClosedFor(reason)));
    }
}
