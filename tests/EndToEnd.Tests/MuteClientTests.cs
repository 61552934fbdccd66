using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>Clients that are told to close and do not answer: nobody waits for them longer than configured.</summary>
public sealed class MuteClientTests(ImpatientNode shared) : IClassFixture<ImpatientNode>
{
    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task AClientThatGoesOnTalking_IsRelayedUntilTheTimeIsUp_AndThenBothAreCut(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var before = await shared.Balancer.Scrape();

        await shared.CloseByOperator();
        var told = await tunnel.Client.Read();
        await tunnel.Client.Send(Frame.Text("I did not hear that"));
        var words = await tunnel.Node.Wire.ReadFrame();
        var close = await tunnel.Node.Wire.ReadFrame();
        await tunnel.Client.Wire.ReadEnd();
        await tunnel.Node.Wire.ReadEnd();

        Assert.Equal((1012, "I did not hear that", 1001), (told.CloseCode, words.PayloadText, close.CloseCode));
        Assert.NotNull(close.Mask);
        await AssertEndedOnce(before);
    }

    // A Close within a frame would be part of it: the node gets what there is and an end.
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
        var told = await tunnel.Client.Read();
        await tunnel.Node.Wire.ReadEnd();

        Assert.Equal(1012, told.CloseCode);
        Assert.Equal(half, atNode);
        await AssertEndedOnce(before);
    }

    // A server that was answered waits for its own answer's end no longer than for the client's.
    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task ANodeThatStaysAfterTheAnswer_IsCut(HttpWire wire)
    {
        await shared.Begin();
        await using var tunnel = await shared.Open(wire);
        var before = await shared.Balancer.Scrape();

        await shared.CloseByOperator();
        var told = await tunnel.Client.Read();
        await tunnel.Client.Send(Frame.Close(1012));
        var answer = await tunnel.Node.Wire.ReadFrame();
        var end = await tunnel.Client.Wire.ReadEnd();
        await tunnel.Node.Wire.ReadEnd();

        Assert.Equal((1012, 1012, StreamEnd.Fin), (told.CloseCode, answer.CloseCode, end));
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
