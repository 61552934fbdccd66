using System.Runtime.InteropServices;
using System.Text;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

internal sealed partial class Session
{
    private const FakeSocket.Stage Closed = FakeSocket.Stage.Closed;
    private const FakeSocket.Stage Failed = FakeSocket.Stage.Failed;

    private FakeSocket? _clientSocket;
    private FakeSocket? _nodeSocket;
    private Peer? _node;
    private long _clientBefore;
    private long _nodeBefore;
    private int _unread;
    private bool _hasPassedOn;
    private bool _hasDrained;
    private bool _hasCut;
    private bool _isReleasing;
    private bool _isOver;
    private long? _endBegan;
    private TimeSpan _endTook;
    private bool _isEndSeen;

    /// <summary>The end reason of the tunnel.</summary>
    public TunnelEnd? End { get; private set; }

    private bool IsHarmed => Client.IsHarmed || _node is { IsHarmed: true } || _world.Temper.IsPoor;

    private bool IsBeingEnded => _isOver || _hasDrained || _hasCut || Client.HasEnded || _node is { HasEnded: true };

    // Neither a peer nor the balancer has begun to end the tunnel.
    private bool IsHealthy => _node is not null && !_isOver && !_hasDrained && !_hasCut
        && !Client.HasEnded && !_node.HasEnded;

    /// <summary>
    /// Checks at any time that back pressure limits the buffered bytes, and measures how long the end takes.
    /// </summary>
    public void CheckBound()
    {
        if (_node is not null && IsBeingEnded && !_isEndSeen)
        {
            _isEndSeen = _clientSocket!.Now == Closed && _nodeSocket!.Now == Closed;
            _endBegan ??= _world.Time.GetTimestamp();
            _endTook = _world.Time.GetElapsedTime(_endBegan.Value);
        }

        if (_node is null || _isOver || _hasDrained || _hasCut || Tunnel!.IsClosing || _flow is null)
        {
            return;
        }

        CheckBound(_clientSocket!.Taken - _clientBefore, _nodeSocket!.Given - Request.Length, "for the node");
        CheckBound(_nodeSocket.Taken - _nodeBefore, _clientSocket.Given - Switching.Length, "for the client");
    }

    /// <summary>
    /// Checks a state without movement and before time passes: all sent bytes must have been received.
    /// </summary>
    public void CheckSettled()
    {
        if (IsHealthy)
        {
            CheckWhole(_node!, Client, Request.Length, "the node");
            CheckWhole(Client, _node!, Switching.Length, "the client");
        }
        else if (_hasDrained && !_hasCut && !_isOver && !IsHarmed && !_node!.HasEnded && !Tunnel!.Forced)
        {
            CheckWhole(_node!, Client, Request.Length, "the node, during a drain,");
        }

        if (_flow is not null)
        {
            Check(_clientSocket!.Now != Failed && _nodeSocket!.Now != Failed, "a lost connection is still open");
        }
    }

    /// <summary>
    /// Checks after the longest time of an end, and before healthy tunnels end: all other tunnels must have ended.
    /// </summary>
    public void CheckPatience()
    {
        var isToBeOver = _hasDrained || _hasCut || Client.HasEnded || _node is { HasEnded: true };
        if (_hasSwitched && isToBeOver)
        {
            Check(_isOver, "a tunnel is not over, though it is drained or cut or a peer has ended");
        }

        if (IsHealthy)
        {
            Check(!Client.SawEnd && !_node!.SawEnd, "a healthy tunnel has ended");
        }
    }

    /// <summary>Checks the state at the end of the run.</summary>
    public void CheckEnd()
    {
        Check(_connection is null || Disposed is not null, "the server is not done with the connection");
        if (_hasSwitched)
        {
            Check(_isOver, "a tunnel is not over");
            Check(End is null || IsPlausible(End.Value), $"a tunnel has ended for no such reason as {End}");
        }

        foreach (var peer in Nodes.Append(Client))
        {
            Check(!peer.IsThere || peer.SawEnd || peer.Socket.Now == FakeSocket.Stage.New,
                $"the peer of {peer.Socket.Name} has not seen an end");
        }

        CheckBytes();
    }

    private void Began(FakeSocket client, FakeSocket node)
    {
        (_clientSocket, _nodeSocket, _node) = (client, node, node.Peer);
        (_clientBefore, _nodeBefore) = (Client.Script.HeadLength, node.Peer!.Script.HeadLength);
    }

    private void Check(bool holds, string otherwise) => _world.Check(holds, $"{Client.Socket.Name}: {otherwise}");

    // The bytes that the process has received and not yet sent are limited.
    private void CheckBound(long taken, long given, string what)
    {
        var highWater = Math.Max(0, (_world.Temper.MaxBuffered / 2) - EventLoop.LargestReceive);
        var bound = highWater + _world.LargestReceive + _unread;
        Check(taken - given <= bound, $"{taken - given} bytes are kept {what}, and {bound} may be");
    }

    private void CheckWhole(Peer receiver, Peer sender, int headLength, string who)
    {
        var received = receiver.Received.Count - headLength;
        var sent = sender.Sent - sender.Script.HeadLength;
        Check(received == sent, $"{who} has received {received} bytes, and {sent} were sent");
    }

    private bool IsPlausible(TunnelEnd end) => end switch
    {
        TunnelEnd.Drain => _hasDrained,
        TunnelEnd.Disconnect => _hasCut,
        TunnelEnd.Memory => _world.Temper.IsPoor,
        TunnelEnd.ClientLost => Client.HasEnded || Client.SawReset,
        TunnelEnd.NodeLost => _node is null or { HasEnded: true } or { SawReset: true },
        TunnelEnd.Client => Client.Script.EndsWithClose,
        TunnelEnd.Node => _node is { Script.EndsWithClose: true },
        _ => false,
    };

    private void CheckBytes()
    {
        CheckBytesOfNodes();
        var asNode = _node ?? Nodes.Find(node => node.Sent > 0);
        string[] heads = _hasSwitched ? [Switching] : [Passing, Refusal, Busy];
        var head = Array.Find(heads, head => StartsWith(Client.Received, head))
            ?? Array.Find(heads, head => IsStart(Client.Received, head))
            ?? heads[0];
        CheckReceived(Client, head, asNode?.Script, asNode?.Sent ?? 0, _hasDrained ? CloseForClient : null);
        if (_hasPassedOn && !Client.IsHarmed && !Client.SawReset)
        {
            CheckWhole(Client, asNode!, Passing.Length, "the client");
        }

        if (!IsHarmed && !_hasCut && _endTook < Options.CloseTimeout)
        {
            CheckDelivered();
        }
    }

    private void CheckBytesOfNodes()
    {
        foreach (var node in Nodes)
        {
            CheckReceived(node, Request, Client.Script, Client.Sent, node == _node ? CloseForNode : null);
        }
    }

    // No deadline has passed, nothing was lost and no peer was cut: all sent bytes must have been received.
    private void CheckDelivered()
    {
        if (_node is null)
        {
            return;
        }

        Check(!Client.SawReset, "the client was reset");
        Check(!_node.SawReset, "the node was reset");
        if (!_hasDrained)
        {
            CheckWhole(Client, _node, Switching.Length, "the client");
        }

        // A node that ends without a Close frame has ended the tunnel.
        if ((!_node.HasFinished || (_node.HasSentAll && _node.Script.EndsWithClose)))
        {
            CheckWhole(_node, Client, Request.Length, "the node");
        }
    }

    /// <summary>
    /// Checks that a peer received a head, the beginning of what was sent, and maybe a Close frame instead of the rest.
    /// </summary>
    private void CheckReceived(Peer peer, string head, Script? sender, int sent, Func<byte[], bool>? isClose)
    {
        var received = CollectionsMarshal.AsSpan(peer.Received);
        if (received.Length <= head.Length)
        {
            Check(IsStart(peer.Received, head), $"{peer.Socket.Name}: what its peer has received is no head");
            return;
        }

        Check(StartsWith(peer.Received, head), $"{peer.Socket.Name}: its peer has received another head");
        received = received[head.Length..];
        var body = sender is null
            ? default
            : sender.Bytes.AsSpan(sender.HeadLength, Math.Max(0, sent - sender.HeadLength));
        var same = received.CommonPrefixLength(body);
        if (same == received.Length)
        {
            return;
        }

        // The Close frame begins at the frame boundary before the first difference; its first bytes may be equal by
        // chance.
        var start = sender?.StartOfFrameAt(same) ?? 0;
        Check(
            isClose is not null && isClose(received[start..].ToArray()),
            $"{peer.Socket.Name}: its peer has received other bytes than were sent, from {same} of {received.Length}");
    }

    private static bool CloseForClient(byte[] bytes) =>
        CloseFrame.Create(DrainCode, "bye", mask: null).AsSpan().StartsWith(bytes);

    private static bool CloseForNode(byte[] bytes)
    {
        byte[] start = [0x88, 0x82];
        return bytes.Length <= 8
            && start.AsSpan(0, Math.Min(2, bytes.Length)).SequenceEqual(bytes.AsSpan(0, Math.Min(2, bytes.Length)))
            && (bytes.Length < 8 || (((bytes[2] ^ bytes[6]) << 8) | (bytes[3] ^ bytes[7])) == CloseCode.GoingAway);
    }

    private static bool StartsWith(List<byte> bytes, string head) =>
        CollectionsMarshal.AsSpan(bytes).StartsWith(Encoding.ASCII.GetBytes(head));

    private static bool IsStart(List<byte> bytes, string head) =>
        Encoding.ASCII.GetBytes(head).AsSpan().StartsWith(CollectionsMarshal.AsSpan(bytes));
}
