using System.Collections.Concurrent;
using System.Text;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>A script that is being played, through a balancer or without one.</summary>
internal sealed class TunnelRun(TunnelScript script)
{
    private readonly TaskCompletionSource _nodeDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TunnelScript Script { get; } = script;

    public TunnelSide? Client { get; private set; }

    public TunnelSide? Node { get; private set; }

    /// <summary>The node it came to.</summary>
    public string? NodeName { get; private set; }

    /// <summary>The codes with which an operator disconnected its user, or tried to.</summary>
    public ConcurrentQueue<int> Disconnects { get; } = [];

    /// <summary>Whether its node was drained while it was open.</summary>
    public bool Drained { get; set; }

    /// <summary>Opens it at this port, and sees both sides through.</summary>
    public async Task Run(int port)
    {
        try
        {
            using var client = await RawClient.Connect(port, WireSocket.UseShortSegments);
            await Play(client, port);
        }
        finally
        {
            _open.TrySetCanceled();
        }
    }

    /// <summary>The node's side of it.</summary>
    /// <param name="node">Which one.</param>
    /// <param name="connection">What came to it.</param>
    /// <param name="placed">Called when it is known where it came to, before it is open.</param>
    public async Task Serve(string node, NodeConnection connection, Action<TunnelRun> placed)
    {
        NodeName = node;
        placed(this);
        try
        {
            var wire = connection.Wire;
            Limit(wire, Script.Node);
            var accept = HandshakeKey.Answer(connection.Request["Sec-WebSocket-Key"] ?? "");
            var answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Accept: {accept}\r\n\r\n";
            await wire.Send(WithFirst(answer, Script.Node));
            Node = new TunnelSide(wire, Script.Node, Script.Client.Stream, isClient: false);

            // Earlier it would take the 101 back, and there would be no tunnel.
            await (Script.Node.Leaving == Leaving.Reset ? _open.Task : Task.CompletedTask);
            await Node.Run();
            _nodeDone.TrySetResult();
        }
        catch (Exception failure)
        {
            _nodeDone.TrySetException(failure);
        }
    }

    public override string ToString() =>
        $"{Script}\n  the client heard {Client?.Heard}, said {Client?.Said} ({Client?.Refused})" +
        $"{(Client is { Answered: true } ? " and an answer" : "")}\n" +
        $"  {NodeName} heard {Node?.Heard}, said {Node?.Said} ({Node?.Refused})\n" +
        $"  drained: {Drained}, disconnected with: {string.Join(", ", Disconnects)}";

    private async Task Play(RawClient client, int port)
    {
        var wire = (WireSocket)client.Wire;
        Limit(wire, Script.Client);
        var request = $"GET {Script.Target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            + $"Connection: Upgrade\r\nSec-WebSocket-Key: {HandshakeKey.New()}\r\nSec-WebSocket-Version: 13\r\n\r\n";
        await wire.Send(WithFirst(request, Script.Client));
        var answer = await wire.ReadHead();

        Assert.Equal(101, answer?.Status);
        Client = new TunnelSide(wire, Script.Client, Script.Node.Stream, isClient: true);
        _open.SetResult();
        await Task.WhenAll(Client.Run(), _nodeDone.Task);
    }

    private static void Limit(WireSocket wire, SideScript side)
    {
        wire.ProbePeer();
        if (side.Reading.ReceiveBuffer is { } bytes)
        {
            wire.LimitReceiveBuffer(bytes);
        }
    }

    private static byte[] WithFirst(string head, SideScript side) =>
        [.. Encoding.ASCII.GetBytes(head), .. side.Stream.Bytes[..side.WithHandshake]];
}
