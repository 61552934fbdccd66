using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>Clients that do not answer a Close: the balancer waits no longer than the close timeout.</summary>
public sealed class MuteClientTests(ImpatientNode shared) : IClassFixture<ImpatientNode>
{
    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task AClientThatKeepsSending_IsRelayedUntilTheCloseTimeout_AndThenBothAreCut(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var before = await shared.Balancer.Scrape();

        await shared.CloseByOperator();
        var received = await tunnel.Client.Read();
        await tunnel.Client.Send(Frame.Text("I did not hear that"));
        var payload = await tunnel.Node.Wire.ReadFrame();
        var close = await tunnel.Node.Wire.ReadFrame();
        await tunnel.Client.Wire.ReadEnd();
        await tunnel.Node.Wire.ReadEnd();

        Assert.Equal((1012, "I did not hear that", 1001), (received.CloseCode, payload.PayloadText, close.CloseCode));
        Assert.NotNull(close.Mask);
        await AssertEndedOnce(before);
    }

    // A Close inside an unfinished frame would be part of its payload: the node receives the part of the frame, then
    // the end.
    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task AClientThatStopsInAFrame_LeavesTheNodeNoClose(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var half = Frame.Text("half of it").Masked().ToBytes()[..8];
        await tunnel.Client.Wire.Send(half);
        var atNode = await tunnel.Node.Wire.ReadBytes(half.Length);
        var before = await shared.Balancer.Scrape();

        await shared.CloseByOperator();
        var received = await tunnel.Client.Read();
        await tunnel.Node.Wire.ReadEnd();

        Assert.Equal(1012, received.CloseCode);
        Assert.Equal(half, atNode);
        await AssertEndedOnce(before);
    }

    // After the client's answer, the balancer waits for the node's end no longer than the close timeout.
    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task ANodeThatStaysAfterTheAnswer_IsCut(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var before = await shared.Balancer.Scrape();

        await shared.CloseByOperator();
        var received = await tunnel.Client.Read();
        await tunnel.Client.Send(Frame.Close(1012));
        var answer = await tunnel.Node.Wire.ReadFrame();
        var end = await tunnel.Client.Wire.ReadEnd();
        await tunnel.Node.Wire.ReadEnd();

        Assert.Equal((1012, 1012, StreamEnd.Fin), (received.CloseCode, answer.CloseCode, end));
        await AssertEndedOnce(before);
    }

    private async Task AssertEndedOnce(Scrape before)
    {
        await shared.Balancer.UntilEmpty();
        var after = await shared.Balancer.Scrape();

        Assert.Equal(1, after.Closed - before.Closed);
        Assert.Equal(1, after.ClosedFor("disconnect") - before.ClosedFor("disconnect"));
    }
}
