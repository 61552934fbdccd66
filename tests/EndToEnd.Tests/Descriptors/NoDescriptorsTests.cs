using System.Diagnostics;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Descriptors;

/// <summary>
/// A balancer without a free descriptor refuses new clients, keeps its tunnels, does not spin, and recovers.
/// </summary>
public sealed class NoDescriptorsTests(ITestOutputHelper output)
{
    // The last 64 of these descriptors are reserved: the balancer does not use them for clients.
    private const int Room = 160;
    private const int Late = 20;
    private const int Echoes = 300;

    private static readonly TimeSpan BetweenEchoes = TimeSpan.FromMilliseconds(10);

    [Theory]
    [InlineData("sockets")]
    [InlineData("epoll")]
    [InlineData("io_uring")]
    public async Task WithoutDescriptors_NewClientsAreRefused_AndTheOthersContinue(string engine)
    {
        await using var fleet = await ScriptedFleet.Start(
            config => config.Set($"{BalancerConfig.ClusterKey}:Health:Interval", "0.5s"), engine);
        await WarmUp(fleet);
        fleet.Balancer.Process.LeaveDescriptors(Room);

        var tunnels = await OpenAll(fleet.Balancer);
        var silent = await Task.WhenAll(Enumerable.Range(0, Late).Select(_ => RawClient.Connect(fleet.Balancer.Port)));
        var late = await Task.WhenAll(Enumerable.Range(0, Late).Select(number => SendRequest(fleet.Balancer, number)));
        var busy = await EchoFor(fleet.Balancer, tunnels);
        Array.ForEach(silent, client => client.Dispose());
        await CloseAll(tunnels);
        await Deadline.Until(
            "it takes users again",
            async () => await SendRequest(fleet.Balancer, 0) == 101,
            () => fleet.Balancer.Process.Output);

        output.WriteLine(
            $"{tunnels.Count} tunnels; late ones got {string.Join(", ", late)}; {busy:P0} of a processor.");
        Assert.NotEmpty(tunnels);
        Assert.All(late, status => Assert.Contains(status, (int?[])[503, null]));
        Assert.InRange(busy, 0, 0.5);
        await fleet.Balancer.UntilEmpty();
    }

    // Loading an assembly takes a descriptor: all code that the test needs must be loaded before.
    private static async Task WarmUp(ScriptedFleet fleet)
    {
        foreach (var way in Enum.GetValues<WayToEnd>())
        {
            fleet.A.Script = fleet.B.Script = fleet.C.Script = EndingTunnel.Serve;
            await EndingTunnel.End(fleet.Balancer, 0, way);
        }

        fleet.A.Script = fleet.B.Script = fleet.C.Script = Nodes.Script.Echo();
        await fleet.Balancer.Visit("alice");
        await fleet.Balancer.UntilEmpty();
    }

    /// <summary>Opens tunnels until there is no descriptor for another one.</summary>
    private static async Task<List<RawClient>> OpenAll(Balancer balancer)
    {
        var tunnels = new List<RawClient>();
        while (tunnels.Count < Room)
        {
            var client = await RawClient.Connect(balancer.Port);
            if (await SendRequest(client, tunnels.Count) != 101)
            {
                client.Dispose();
                return tunnels;
            }

            await client.ReadWelcome();
            tunnels.Add(client);
        }

        throw new InvalidOperationException("It has more descriptors than it may.");
    }

    /// <summary>Returns the status of the response; null if there was none.</summary>
    private static async Task<int?> SendRequest(Balancer balancer, int number)
    {
        using var client = await RawClient.Connect(balancer.Port);
        return await SendRequest(client, number);
    }

    private static async Task<int?> SendRequest(RawClient client, int number)
    {
        try
        {
            await client.Wire.Send(
                $"GET /chat?user=user-{number} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
            return (await client.Wire.ReadHead())?.Status;
        }
        catch (SocketException closed)
            when (closed.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return null;
        }
    }

    /// <summary>Exchanges echoes on the tunnels for a while.</summary>
    /// <returns>The use of one processor by the balancer during that time, as a fraction.</returns>
    private static async Task<double> EchoFor(Balancer balancer, List<RawClient> tunnels)
    {
        using var timer = new PeriodicTimer(BetweenEchoes, TimeProvider.System);
        var (begun, busyBefore) = (Stopwatch.GetTimestamp(), balancer.Process.ProcessorTime);
        for (var i = 0; i < Echoes; i++)
        {
            var client = tunnels[i % tunnels.Count];
            await client.Send(Frame.Text($"echo {i}"));
            Assert.Equal($"echo {i}", (await client.Read()).PayloadText);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        return (balancer.Process.ProcessorTime - busyBefore) / Stopwatch.GetElapsedTime(begun);
    }

    private static async Task CloseAll(List<RawClient> tunnels)
    {
        foreach (var client in tunnels)
        {
            await client.Close();
            client.Dispose();
        }
    }
}
