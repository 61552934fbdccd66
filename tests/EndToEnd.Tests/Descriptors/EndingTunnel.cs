using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Descriptors;

/// <summary>The two ends of a tunnel that is opened and ended in a given way.</summary>
internal static class EndingTunnel
{
    private const string WayKey = "way";
    private const int Code = 4001;
    private const int ManyFrames = 1_000;

    /// <summary>The client's part: opens a tunnel, and returns when it has ended.</summary>
    public static async Task End(Balancer balancer, int number, WayToEnd way)
    {
        try
        {
            await Begin(balancer, number, way);
        }
        catch (OperationCanceledException late)
        {
            var open = await balancer.Get($"/api/v1/clusters/{BalancerConfig.Cluster}/tunnels");
            throw new TimeoutException($"Tunnel {number} does not end: {way}. Open are: {open}", late);
        }
    }

    /// <summary>The node's part: responds, and ends the tunnel if the way requires it.</summary>
    public static async Task Serve(NodeConnection connection)
    {
        var way = Enum.Parse<WayToEnd>(connection.Request.Query(WayKey)!);
        switch (way)
        {
            case WayToEnd.Refused:
                await connection.Answer(403, "Forbidden", new string('n', 1_000));
                break;
            case WayToEnd.NodeHangsUp:
                break;
            case WayToEnd.ClientHangsUp:
                await connection.Wire.ReadToEnd();
                break;
            default:
                await connection.AcceptUpgrade();
                await Talk(connection, way);
                break;
        }
    }

    private static async Task Begin(Balancer balancer, int number, WayToEnd way)
    {
        using var client = await RawClient.Connect(balancer.Port);
        switch (way)
        {
            case WayToEnd.HalfARequest:
                await client.Wire.Send("GET /chat HTTP/1.1\r\nHost: a");
                break;
            case WayToEnd.ClientHangsUp:
                await client.Wire.Send(Request(number, way));
                client.Wire.Reset();
                break;
            default:
                await client.Wire.Send(Request(number, way));
                await Talk(balancer, client, number, way);
                break;
        }
    }

    private static string Request(int number, WayToEnd way) =>
        $"GET /chat?user=user-{number}&{WayKey}={way} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
        + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private static async Task Talk(Balancer balancer, RawClient client, int number, WayToEnd way)
    {
        var answer = await client.Wire.ReadHead();
        Assert.Equal(Expected(way), answer?.Status);
        switch (way)
        {
            case WayToEnd.ClientFin or WayToEnd.BothFin or WayToEnd.HalfClose:
                client.Wire.HalfClose();
                break;
            case WayToEnd.ClientReset:
                client.Wire.Reset();
                return;
            case WayToEnd.BothReset:
                await client.Send(Frame.Ping("now"));
                client.Wire.Reset();
                return;
            case WayToEnd.NodeReset:
                await client.Send(Frame.Ping("now"));
                break;
            case WayToEnd.ClientClose or WayToEnd.BothClose:
                await client.Send(Frame.Close(Code));
                break;
            case WayToEnd.NodeClose:
                await client.Read();
                await client.Send(Frame.Close(Code));
                break;
            case WayToEnd.Disconnect:
                await Disconnect(balancer, number);
                await client.Read();
                await client.Send(Frame.Close(Code));
                break;
            case WayToEnd.Refused or WayToEnd.NodeHangsUp:
                return;
        }

        await client.Wire.ReadToEnd();
    }

    private static async Task Talk(NodeConnection connection, WayToEnd way)
    {
        var wire = connection.Wire;
        switch (way)
        {
            case WayToEnd.NodeFin or WayToEnd.BothFin:
                wire.HalfClose();
                break;
            case WayToEnd.NodeReset or WayToEnd.BothReset:
                // An earlier reset could discard the 101 before the balancer has received it.
                await wire.ReadFrame();
                wire.Reset();
                return;
            case WayToEnd.NodeClose or WayToEnd.BothClose:
                await connection.Send(Frame.Close(Code));
                await wire.ReadFrame();
                wire.HalfClose();
                break;
            case WayToEnd.ClientClose or WayToEnd.Disconnect:
                await wire.ReadFrame();
                await connection.Send(Frame.Close(Code));
                wire.HalfClose();
                break;
            case WayToEnd.HalfClose:
                await SendOn(connection);
                break;
        }

        await wire.ReadToEnd();
    }

    // The client may receive its 101 before the balancer has registered the tunnel.
    private static Task Disconnect(Balancer balancer, int number) => Deadline.Until("it is disconnected", async () =>
    {
        var answer = await balancer.Delete(
            $"/api/v1/clusters/{BalancerConfig.Cluster}/tunnels?user=user-{number}");
        return (int)answer["closed"]! == 1;
    });

    private static async Task SendOn(NodeConnection connection)
    {
        try
        {
            for (var i = 0; i < ManyFrames; i++)
            {
                await connection.Send(Frame.Text("still here"));
            }
        }
        catch (SocketException left)
        {
            // A failed send is expected: the tunnel ends while the node still sends.
            Assert.NotEqual(SocketError.Success, left.SocketErrorCode);
        }
    }

    private static int Expected(WayToEnd way) => way switch
    {
        WayToEnd.Refused => 403,
        WayToEnd.NodeHangsUp => 503,
        _ => 101,
    };
}
