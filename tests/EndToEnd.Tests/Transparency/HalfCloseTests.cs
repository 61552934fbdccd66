using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// A client that ends its output after a complete request, or either peer after its Close, still receives the answer.
/// </summary>
public sealed class HalfCloseTests(EveryWire shared) : IClassFixture<EveryWire>
{
    private const string Get = $"GET {HeldTunnel.Target} HTTP/1.1\r\nHost: x\r\n\r\n";
    private const int Code = 4001;

    public static TheoryData<string, ClientWire> Http1 => EveryWire.With(ClientWire.Clear, ClientWire.Tls);

    public static TheoryData<string, ClientWire> All =>
        EveryWire.With(ClientWire.Clear, ClientWire.Tls, ClientWire.Http2);

    [Theory]
    [MemberData(nameof(Http1))]
    public async Task PlainRequest_FollowedByFin_IsAnsweredWhole(string engine, ClientWire wire)
    {
        var body = new string('b', 300_000);
        var (node, answer) = (NewSignal<NodeConnection>(), NewSignal<bool>());
        var balancer = await shared.Begin(engine, async connection =>
        {
            node.TrySetResult(connection);
            await answer.Task;
            await connection.Answer(200, "OK", body);
            await connection.Wire.ReadToEnd();
        });
        using var client = await shared.Connect(balancer, wire);

        await client.Wire.Send(Get);
        client.Wire.HalfClose();
        await node.Task.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);
        await UntilFinIsReceived(balancer, wire);
        answer.SetResult(true);
        var head = await client.Wire.ReadHead();
        var received = await client.Wire.ReadBytes(body.Length);

        Assert.Equal((200, body), (head?.Status, System.Text.Encoding.ASCII.GetString(received)));
        Assert.Equal(StreamEnd.Fin, await client.Wire.ReadEnd());
    }

    [Theory]
    [MemberData(nameof(Http1))]
    public async Task Reset_AfterFin_EndsTheRequestToTheNode(string engine, ClientWire wire)
    {
        var ended = NewSignal<StreamEnd>();
        var begun = NewSignal<bool>();
        var balancer = await shared.Begin(engine, async connection =>
        {
            begun.SetResult(true);
            ended.SetResult((await connection.Wire.ReadToEnd()).End);
        });
        using var client = await shared.Connect(balancer, wire);
        await client.Wire.Send(Get);
        await begun.Task.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);
        client.Wire.HalfClose();
        await UntilFinIsReceived(balancer, wire);

        client.Wire.Reset();

        await ended.Task.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task ClientsFin_AfterItsClose_LeavesTheNodesAnswer(string engine, ClientWire wire)
    {
        var balancer = await shared.Begin(engine);
        await using var tunnel = await shared.Open(balancer, wire);
        await balancer.UntilOpen();
        var before = await balancer.Scrape();

        await tunnel.Client.Send(Frame.Close(Code, "done"));
        tunnel.Client.Wire.HalfClose();
        var atNode = await tunnel.Node.Wire.ReadFrame();
        await UntilFinIsReceived(balancer, wire);
        var payload = Frame.Binary(new byte[100_000]).ToBytes();
        await tunnel.Node.Wire.Send(payload);
        await tunnel.Node.Send(Frame.Close(Code, "yes"));
        var received = await tunnel.Client.Wire.ReadBytes(payload.Length);
        var atClient = await tunnel.Client.Read();

        Assert.Equal(("done", "yes"), (atNode.CloseReason, atClient.CloseReason));
        Assert.Equal(payload, received);
        await AssertBothEnd(tunnel);
        await AssertEnded(balancer, before, "client");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task NodesFin_AfterItsClose_LeavesTheClientsAnswer(string engine, ClientWire wire)
    {
        var balancer = await shared.Begin(engine);
        await using var tunnel = await shared.Open(balancer, wire);
        await balancer.UntilOpen();
        var before = await balancer.Scrape();

        await tunnel.Node.Send(Frame.Close(Code, "full"));
        tunnel.Node.Wire.HalfClose();
        var atClient = await tunnel.Client.Read();
        var payload = Frame.Binary(new byte[100_000]).Masked().ToBytes();
        await tunnel.Client.Wire.Send(payload);
        await tunnel.Client.Send(Frame.Close(Code, "yes"));
        var received = await tunnel.Node.Wire.ReadBytes(payload.Length);
        var atNode = await tunnel.Node.Wire.ReadFrame();

        Assert.Equal(("full", "yes"), (atClient.CloseReason, atNode.CloseReason));
        Assert.Equal(payload, received);
        await AssertBothEnd(tunnel);
        await AssertEnded(balancer, before, "node");
    }

    // The balancer closes both connections; neither peer does.
    [Theory]
    [MemberData(nameof(All))]
    public async Task BothHaveClosed_TheClientFirst_EndsAtOnce(string engine, ClientWire wire)
    {
        var balancer = await shared.Begin(engine);
        await using var tunnel = await shared.Open(balancer, wire);
        await balancer.UntilOpen();
        var before = await balancer.Scrape();

        await tunnel.Client.Send(Frame.Close(Code, "done"));
        var atNode = await tunnel.Node.Wire.ReadFrame();
        await tunnel.Node.Send(Frame.Close(Code, "yes"));
        var atClient = await tunnel.Client.Read();

        Assert.Equal(("done", "yes"), (atNode.CloseReason, atClient.CloseReason));
        await AssertBothEnd(tunnel);
        await AssertEnded(balancer, before, "client");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task BothHaveClosed_TheNodeFirst_EndsAtOnce(string engine, ClientWire wire)
    {
        var balancer = await shared.Begin(engine);
        await using var tunnel = await shared.Open(balancer, wire);
        await balancer.UntilOpen();
        var before = await balancer.Scrape();

        await tunnel.Node.Send(Frame.Close(Code, "full"));
        var atClient = await tunnel.Client.Read();
        await tunnel.Client.Send(Frame.Close(Code, "yes"));
        var atNode = await tunnel.Node.Wire.ReadFrame();

        Assert.Equal(("full", "yes"), (atClient.CloseReason, atNode.CloseReason));
        await AssertBothEnd(tunnel);
        await AssertEnded(balancer, before, "node");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task ClosedByAnOperator_AndAnsweredByBoth_EndsAtOnce(string engine, ClientWire wire)
    {
        var balancer = await shared.Begin(engine);
        await using var tunnel = await shared.Open(balancer, wire);
        await balancer.UntilOpen();
        var before = await balancer.Scrape();

        await balancer.Delete(
            $"/api/v1/clusters/{BalancerConfig.Cluster}/tunnels?user={HeldTunnel.User}&closeCode=1012");
        await tunnel.Client.Read();
        await tunnel.Client.Send(Frame.Close(1012, "yes"));
        var atNode = await tunnel.Node.Wire.ReadFrame();
        await tunnel.Node.Send(Frame.Close(1012, "yes"));

        Assert.Equal(1012, atNode.CloseCode);
        await AssertBothEnd(tunnel);
        await AssertEnded(balancer, before, "disconnect");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task ClientsFin_WithoutAClose_IsPassedOn_AndTheNodesBytesStillArrive(string engine, ClientWire wire)
    {
        var balancer = await shared.Begin(engine);
        await using var tunnel = await shared.Open(balancer, wire);
        await balancer.UntilOpen();
        var before = await balancer.Scrape();

        await tunnel.Client.Send(Frame.Text("the last frame"));
        tunnel.Client.Wire.HalfClose();
        var atNode = await tunnel.Node.Wire.ReadFrame();
        var end = await tunnel.Node.Wire.ReadEnd();
        await tunnel.Node.Send(Frame.Text("the last answer"));
        var atClient = await tunnel.Client.Read();
        tunnel.Node.Wire.HalfClose();

        Assert.Equal(("the last frame", "the last answer"), (atNode.PayloadText, atClient.PayloadText));
        Assert.Equal((StreamEnd.Fin, StreamEnd.Fin), (end, await tunnel.Client.Wire.ReadEnd()));
        await AssertEnded(balancer, before, "client_lost");
    }

    [Theory]
    [MemberData(nameof(Http1))]
    public async Task Handshake_FollowedByFin_IsAnswered_AndTheNodesBytesArrive(string engine, ClientWire wire)
    {
        var accept = NewSignal<bool>();
        var balancer = await shared.Begin(engine, async connection =>
        {
            await accept.Task;
            await connection.AcceptUpgrade();
            await connection.Send(Frame.Text("welcome"));
            await connection.Stopped;
        });
        using var client = await shared.Connect(balancer, wire);

        await client.Wire.Send(
            $"GET {HeldTunnel.Target} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        client.Wire.HalfClose();
        using var node = await shared.Node.NextArrival();
        await UntilFinIsReceived(balancer, wire);
        accept.SetResult(true);
        var head = await client.Wire.ReadHead();
        var frame = await client.Read();
        var end = await node.Wire.ReadEnd();
        node.Wire.HalfClose();

        Assert.Equal((101, "welcome", StreamEnd.Fin), (head?.Status, frame.PayloadText, end));
        Assert.Equal(StreamEnd.Fin, await client.Wire.ReadEnd());
    }

    // Waits until the balancer's kernel has received the FIN, and the balancer has answered other requests since then.
    private static async Task UntilFinIsReceived(Balancer balancer, ClientWire wire)
    {
        if (wire != ClientWire.Http2)
        {
            var port = $":{EveryWire.PortOf(balancer, wire):X4}";
            await Deadline.Until("the balancer has the client's FIN", () => File.ReadLines("/proc/net/tcp")
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(fields => fields[1].EndsWith(port, StringComparison.Ordinal) && fields[3] == "08"));
        }

        for (var i = 0; i < 5; i++)
        {
            using var other = await RawClient.Connect(EveryWire.PortOf(balancer, ClientWire.Clear));
            await other.Wire.Send("GET /nothing HTTP/1.1\r\nHost: \r\nConnection: close\r\nbroken\r\n\r\n");
            await other.Wire.ReadToEnd();
        }
    }

    private static async Task AssertBothEnd(HeldTunnel tunnel)
    {
        Assert.Equal(StreamEnd.Fin, await tunnel.Client.Wire.ReadEnd());
        Assert.Equal(StreamEnd.Fin, await tunnel.Node.Wire.ReadEnd());
    }

    private static async Task AssertEnded(Balancer balancer, Scrape before, string reason)
    {
        await balancer.UntilEmpty();
        var after = await balancer.Scrape();

        Assert.Equal((1, 1), (after.Closed - before.Closed, after.ClosedFor(reason) - before.ClosedFor(reason)));
    }

    private static TaskCompletionSource<T> NewSignal<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
