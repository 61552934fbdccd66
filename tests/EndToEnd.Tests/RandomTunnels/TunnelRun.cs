using System.Collections.Concurrent;
using System.Text;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>One execution of a script, through a balancer or without one.</summary>
internal sealed class TunnelRun(TunnelScript script)
{
    private readonly TaskCompletionSource _nodeDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TunnelScript Script { get; } = script;

    public TunnelSide? Client { get; private set; }

    public TunnelSide? Node { get; private set; }

    /// <summary>The node that received the tunnel.</summary>
    public string? NodeName { get; private set; }

    /// <summary>The close codes of the operator's disconnects of this user, including failed attempts.</summary>
    public ConcurrentQueue<int> Disconnects { get; } = [];

    /// <summary>Whether the node was drained while the tunnel was open.</summary>
    public bool Drained { get; set; }

    /// <summary>Opens the tunnel at this port, and returns when both sides have ended.</summary>
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

    /// <summary>The node's side of the tunnel.</summary>
    /// <param name="node">The name of the node.</param>
    /// <param name="connection">The connection with the handshake.</param>
    /// <param name="placed">Called when the node is known, before the tunnel is open.</param>
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

            // An earlier reset could discard the 101, and there would be no tunnel.
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
        $"{Script}\n  the client heard {Client?.Received}, said {Client?.SentCount} ({Client?.Refused})" +
        $"{(Client is { Answered: true } ? " and an answer" : "")}\n" +
        $"  {NodeName} heard {Node?.Received}, said {Node?.SentCount} ({Node?.Refused})\n" +
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
