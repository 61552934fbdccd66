using System.Net;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>
/// A balancer that receives a stop signal first fails its readiness check, then sends a Close to every client, then
/// exits with 0.
/// </summary>
public sealed class ShutdownTests
{
    [Theory]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    public async Task AStop_ClosesEveryTunnelWith1001_AndExits0(Signal signal)
    {
        await using var fleet = await ScriptedFleet.Start(
            config => config.Set("WsBalancer:Shutdown:Timeout", "4s"));
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => fleet.Balancer.Open($"user-{i}")));
        await Task.WhenAll(clients.Select(client => client.ReadWelcome()));

        fleet.Balancer.Process.Send(signal);
        foreach (var client in clients)
        {
            var close = await client.Read();
            Assert.Equal((Opcode.Close, 1001), (close.Opcode, close.CloseCode));
            await client.Send(Frame.Close(1001));
            Assert.Equal(StreamEnd.Fin, await client.Wire.ReadEnd());
            client.Dispose();
        }

        Assert.Equal(0, await fleet.Balancer.Process.ExitCode());
    }

    // Without the second signal, the stop would take a minute.
    [Theory]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    public async Task ASecondSignal_EndsTheBalancerAtOnce(Signal second)
    {
        await using var fleet = await ScriptedFleet.Start(config => config.Set("WsBalancer:Shutdown:Delay", "1m"));
        var clients = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => fleet.Balancer.Open($"user-{i}")));
        await Task.WhenAll(clients.Select(client => client.ReadWelcome()));
        fleet.Balancer.Process.Send(Signal.Terminate);
        await Deadline.Until(
            "it stops", async () => await fleet.Balancer.Status("/readyz") == HttpStatusCode.ServiceUnavailable);

        fleet.Balancer.Process.Send(second);

        Assert.Equal(1, await fleet.Balancer.Process.ExitCode());
        Assert.Contains("A second signal: ", fleet.Balancer.Process.Output, StringComparison.Ordinal);
        Assert.Contains("3 of them were aborted", fleet.Balancer.Process.Output, StringComparison.Ordinal);
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task Readiness_EndsBeforeTheListenersClose()
    {
        await using var tunnel = await HeldTunnel.Open(("WsBalancer:Shutdown:Delay", "3s"));
        var before = await tunnel.Balancer.Status("/readyz");

        tunnel.Balancer.Process.Send(Signal.Terminate);
        await Deadline.Until(
            "it is not ready",
            async () => await tunnel.Balancer.Status("/readyz") == HttpStatusCode.ServiceUnavailable);
        using var late = await tunnel.Balancer.Open("late");
        var alive = await tunnel.Balancer.Status("/livez");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (before, alive));
        Assert.Equal(1001, (await tunnel.Client.Read()).CloseCode);
        Assert.Equal(1001, (await late.Read()).CloseCode);
    }

    // The balancer relays the client's answering Close to the node, which must see an orderly end too.
    [Fact]
    public async Task TheClientsAnswer_ReachesTheNode()
    {
        await using var tunnel = await HeldTunnel.Open();

        tunnel.Balancer.Process.Send(Signal.Terminate);
        await tunnel.Client.Read();
        await tunnel.Client.Send(Frame.Close(1001, "bye"));
        var close = await tunnel.Node.Wire.ReadFrame();

        Assert.Equal((1001, "bye"), (close.CloseCode, close.CloseReason));
        Assert.NotNull(close.Mask);
    }

    [Fact]
    public async Task AMuteClient_IsCutAfterTheCloseTimeout_AndTheNodeReceivesAClose()
    {
        await using var tunnel = await HeldTunnel.Open(($"{BalancerConfig.ClusterKey}:Tunnels:CloseTimeout", "1s"));

        tunnel.Balancer.Process.Send(Signal.Terminate);
        var toClient = await tunnel.Client.Read();
        var toNode = await tunnel.Node.Wire.ReadFrame();
        await tunnel.Client.Wire.ReadEnd();

        Assert.Equal((1001, 1001), (toClient.CloseCode, toNode.CloseCode));
        Assert.NotNull(toNode.Mask);
        Assert.Equal(0, await tunnel.Balancer.Process.ExitCode());
    }

    // A frame of the node that is half sent is completed first: a Close inside the frame would be part of its payload.
    [Fact]
    public async Task AFrameThatIsHalfSent_IsFinishedBeforeTheClose()
    {
        await using var tunnel = await HeldTunnel.Open();
        var frame = Frame.Text(new string('x', 1_000)).ToBytes();
        await tunnel.Node.Wire.Send(frame.AsMemory(0, 500));
        var first = await tunnel.Client.Wire.ReadBytes(500);

        tunnel.Balancer.Process.Send(Signal.Terminate);
        await Deadline.Until(
            "it stops listening", async () => !await IsListening(tunnel.Balancer.Port));
        await tunnel.Node.Wire.Send(frame.AsMemory(500));
        var rest = await tunnel.Client.Wire.ReadBytes(frame.Length - 500);
        var close = await tunnel.Client.Read();

        Assert.Equal(frame, first.Concat(rest));
        Assert.Equal(1001, close.CloseCode);
    }

    private static async Task<bool> IsListening(int port)
    {
        try
        {
            using var probe = await Clients.RawClient.Connect(port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
