using System.Diagnostics;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Descriptors;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Clients;

/// <summary>More idle connections to one port of the balancer than it has descriptors.</summary>
public sealed class IdleFloodTests(ITestOutputHelper output)
{
    private const int Tunnels = 6;

    [Theory]
    [ClassData<EveryEngine>]
    public async Task UsersPortFlooded_TunnelsContinue_AndTheAdminPortAnswers(string engine)
    {
        await using var fleet = await Start(engine);
        var balancer = fleet.Balancer;
        using var tunnels = await OpenTunnels.Open(balancer, Tunnels);
        balancer.Process.LeaveDescriptors(IdleFlood.Room);
        int? refused;
        using (await IdleFlood.Begin(balancer.Port))
        {
            refused = await StatusOf(balancer.Port);
            await balancer.Cluster();
            await tunnels.Echo();
        }

        var healed = await UntilAnswered("users are served", balancer, balancer.Port);
        await tunnels.Echo();

        Assert.Equal(503, refused);
        FaultReport.Add(
            $"a flood of idle connections to the users' port ({engine})",
            "who is connected: nothing; who connects: 503 with Retry-After",
            "nothing",
            healed,
            output);
    }

    [Theory]
    [ClassData<EveryEngine>]
    public async Task AdminPortFlooded_UsersNoticeNothing(string engine)
    {
        await using var fleet = await Start(engine);
        var balancer = fleet.Balancer;
        using var tunnels = await OpenTunnels.Open(balancer, Tunnels);
        balancer.Process.LeaveDescriptors(IdleFlood.Room);
        int? refused;
        using (await IdleFlood.Begin(balancer.AdminPort))
        {
            refused = await StatusOf(balancer.AdminPort);
            await balancer.Visit("alice");
            await tunnels.Echo();
        }

        var healed = await UntilAnswered("the admin port answers", balancer, balancer.AdminPort);
        await tunnels.Echo();

        Assert.Equal(503, refused);
        FaultReport.Add(
            $"a flood of idle connections to the admin port ({engine})",
            "nothing; the admin port answers others with 503 and Retry-After",
            "nothing",
            healed,
            output);
    }

    // The floods must last as long as the test, so the timeouts for idle connections are off.
    private static async Task<ScriptedFleet> Start(string engine)
    {
        var fleet = await ScriptedFleet.Start(
            static config => config
                .Set("WsBalancer:Admin:FirstByteTimeout", "off")
                .Set("WsBalancer:Sockets:FirstByteTimeout", "off"),
            engine);

        // Code that is loaded for the first time needs a descriptor.
        await fleet.Balancer.Cluster();
        await fleet.Balancer.Visit("alice");
        return fleet;
    }

    private static async Task<TimeSpan> UntilAnswered(string fact, Balancer balancer, int port)
    {
        var begun = Stopwatch.GetTimestamp();
        await Deadline.Until(fact, async () => await StatusOf(port) == 200, () => balancer.Process.Output);
        return Stopwatch.GetElapsedTime(begun);
    }

    // A full port responds before it receives a request, and may reset the connection after its response.
    private static async Task<int?> StatusOf(int port)
    {
        try
        {
            using var client = await RawClient.Connect(port);
            await client.Wire.Send("GET /livez?user=bob HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            return (await client.Wire.ReadHead())?.Status;
        }
        catch (SocketException ex) when (ex.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return null;
        }
    }
}
