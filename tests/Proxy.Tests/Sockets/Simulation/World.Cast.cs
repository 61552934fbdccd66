using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

internal sealed partial class World
{
    public FakeSocket NewNodeSocket() => NewSocket($"node {_nodes++}");

    /// <summary>connect(2).</summary>
    public int Connect(FakeSocket socket, int port)
    {
        var session = _sessions[port - NodePort];
        var script = Chance.Of(85)
            ? Script.OfFrames(Chance, Session.NodeSwitching, Temper, isMasked: false)
            : Script.OfResponse(Chance, Temper);
        var isMute = Chance.Of(5);
        socket.Peer = NewPeer(
            socket,
            script,
            (ushort)port,
            received => isMute || received.Count < Session.Request.Length ? 0 : script.Bytes.Length);
        session.Nodes.Add(socket.Peer);
        _peers.Add(socket.Peer);
        Trace.Add(socket.Name, "is to be connected");
        return !IsCalm && Chance.Of(5) ? -Errno.NoRouteToHost : socket.Connect(atOnce: Chance.Of(10));
    }

    private void Arrive(Session session)
    {
        var client = session.Client;
        Trace.Add(client.Socket.Name, "waits to be accepted");
        client.Socket.Connect(atOnce: true);
        _peers.Add(client);
        Listener.Arrive(client.Socket);
    }

    private Session NewSession(int index)
    {
        var session = new Session(this, index)
        {
            Plan = Chance.Pick(
                Session.Act.None, Session.Act.None, Session.Act.Drain, Session.Act.Cut, Session.Act.HandOver,
                Session.Act.HandOver, Session.Act.Abort, Session.Act.Cancel),
        };
        var script = Script.OfFrames(Chance, Session.Request, Temper, isMasked: true);
        var isEager = Chance.Of(20);
        var socket = NewSocket($"client {index}");
        session.Client = socket.Peer = NewPeer(
            socket,
            script,
            (ushort)(ClientPort + index),
            received => isEager || received.Count >= Session.Switching.Length
                ? script.Bytes.Length
                : script.HeadLength);
        return session;
    }

    private FakeSocket NewSocket(string name) => new(this, name)
    {
        ReceiveSpace = Chance.Between(1, Temper.Sizes.Space),
        SendSpace = Chance.Between(1, Temper.Sizes.Space),
    };

    private Peer NewPeer(FakeSocket socket, Script script, ushort port, Func<IReadOnlyList<byte>, int> maySend)
    {
        var isClient = port < NodePort;
        return new Peer(this, socket, script, port)
        {
            MaySend = maySend,
            IsSilent = Chance.Of(3),
            IsStubborn = Chance.Of(15),
            IsBrief = Chance.Of(15),
            Fate = Temper.IsHasty
                ? isClient ? Chance.Pick(Fate.Resets, Fate.Resets, Fate.TimesOut, Fate.Closes) : Fate.Stays
                : Chance.Of(Temper.Unsteadiness) ? NewFate() : Fate.Stays,
            StepsToFate = Chance.Below(Chance.Pick(4, 20, 60)),
            IsFatedByReceiving = Chance.Of(40) || Temper.IsHasty,
        };
    }

    private Fate NewFate() => Chance.Pick(
        Fate.Finishes, Fate.Closes, Fate.Resets, Fate.Resets, Fate.Resets, Fate.FinishesAndResets, Fate.TimesOut,
        Fate.Vanishes);
}
