using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>A tunnel is closed while its client does not receive what its node sends.</summary>
public sealed class BackPressureTests(PatientNode patient, ImpatientNode impatient)
    : IClassFixture<PatientNode>, IClassFixture<ImpatientNode>
{
    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task AClientThatReadsAgain_GetsWholeFrames_ThenTheClose(HttpWire wire)
    {
        await patient.Begin();
        await using var tunnel = await patient.Open(wire);
        var flood = await Flood.Begin(tunnel.Node);

        await patient.CloseByOperator();
        var (frames, close) = await Flood.Read(tunnel.Client);
        await tunnel.Client.Send(Frame.Close(1012));
        var answer = await tunnel.Node.Wire.ReadFrame();
        var wasSent = await flood.Done;
        await tunnel.Node.Send(Frame.Close(1012));
        tunnel.Node.Wire.HalfClose();

        Assert.NotEqual(0, frames);
        Assert.Equal((1012, 1012), (close.CloseCode, answer.CloseCode));
        Assert.True(wasSent, "The node's input was not read to the end.");
        Assert.Equal(StreamEnd.Fin, await tunnel.Client.Wire.ReadEnd());
        Assert.Equal(StreamEnd.Fin, await tunnel.Node.Wire.ReadEnd());
    }

    [Theory]
    [InlineData(HttpWire.Http1)]
    [InlineData(HttpWire.Http2)]
    public async Task AClientThatNeverReads_IsCut_AndTheNodeEndsInOrder(HttpWire wire)
    {
        await impatient.Begin();
        var sockets = impatient.Balancer.Process.Sockets;
        await using var tunnel = await impatient.Open(wire);
        var flood = await Flood.Begin(tunnel.Node);

        await impatient.CloseByOperator();
        var close = await tunnel.Node.Wire.ReadFrame();
        var wasSent = await flood.Done;
        await tunnel.Node.Send(Frame.Close(1001));
        tunnel.Node.Wire.HalfClose();
        var end = await tunnel.Node.Wire.ReadEnd();
        await impatient.Balancer.UntilEmpty();
        await Deadline.Until("the client's leg is over", () => IsOver(tunnel.Client.Wire, sockets));

        Assert.Equal(1001, close.CloseCode);
        Assert.NotNull(close.Mask);
        Assert.Equal((true, StreamEnd.Fin), (wasSent, end));
    }

    // The frame fills the first window of the stream exactly: only the balancer's Close remains unsent, and the stream
    // is reset without it.
    [Fact]
    public async Task AStreamThatIsNotRead_IsResetAfterItsTunnel()
    {
        await impatient.Begin();
        await using var tunnel = await impatient.Open(HttpWire.Http2);
        await tunnel.Node.Send(Frame.Binary(new byte[65_531]));

        await impatient.CloseByOperator();
        var close = await tunnel.Node.Wire.ReadFrame();
        tunnel.Node.Wire.HalfClose();
        await Deadline.Until("the stream is over", () => IsOver(tunnel.Client.Wire, 0));

        Assert.Equal(1001, close.CloseCode);
    }

    // Frames that the client still sends on the reset stream are not an error of the connection.
    [Fact]
    public async Task AStreamThatIsCut_LeavesTheOthersOfItsConnection()
    {
        await impatient.Begin();
        await using var connection = await impatient.Connect();
        using var alice = await connection.Open(HeldTunnel.Target);
        using var aliceAtNode = await impatient.Node.NextArrival();
        using var bob = await connection.Open("/chat?user=bob");
        using var bobAtNode = await impatient.Node.NextArrival();
        await Flood.Begin(aliceAtNode);

        await impatient.CloseByOperator();
        await Deadline.Until("the stream is over", () => IsOver(alice.Wire, 0));
        await alice.Send(Frame.Text("still here?"));
        await bob.Send(Frame.Text("I am"));
        var atNode = await bobAtNode.Wire.ReadFrame();
        await bobAtNode.Send(Frame.Text("fine"));
        var atBob = await bob.Read();

        Assert.Equal(("I am", "fine"), (atNode.PayloadText, atBob.PayloadText));
    }

    // An HTTP/2 connection stays open for its other streams.
    private bool IsOver(WireEnd wire, int socketsBefore) =>
        wire is Http2Stream stream ? stream.IsOver : impatient.Balancer.Process.Sockets <= socketsBefore;
}
