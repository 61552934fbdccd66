using System.Net.Sockets;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>The portable data path: two streams, which YARP copies into each other.</summary>
internal sealed class StreamFlow : ITunnelFlow
{
    private readonly CancellationTokenSource _abort;
    private readonly TimeProvider _time;
    private readonly int _maxBuffered;

    /// <summary>Creates a tunnel over the stream of its client; the stream of its node is accepted later.</summary>
    /// <param name="terms">The tunnel; its clock measures pending writes.</param>
    /// <param name="abort">Cancelled to end both legs: at most once, from any thread. Owned by the caller.</param>
    /// <param name="maxBuffered">How many bytes the tunnel buffers at most, half of them in each direction.</param>
    /// <param name="client">The stream to the client.</param>
    /// <param name="socket">The client's socket, if no other stream uses it; otherwise null.</param>
    public StreamFlow(
        in TunnelTerms terms, CancellationTokenSource abort, int maxBuffered, Stream client, Socket? socket = null)
    {
        _abort = abort;
        _time = terms.Time;
        _maxBuffered = maxBuffered;
        Tunnel = new Tunnel(terms, this);
        ClientLeg = Leg(client, TunnelSide.Client, socket);
    }

    public TunnelPath Path => TunnelPath.Portable;

    public Tunnel Tunnel { get; }

    public TunnelLeg ClientLeg { get; }

    /// <summary>Null until the node is accepted.</summary>
    public TunnelLeg? NodeLeg { get; private set; }

    ITunnelLeg ITunnelFlow.Client => ClientLeg;

    ITunnelLeg ITunnelFlow.Node => NodeLeg!;

    public TunnelLeg AcceptNode(Stream node) => NodeLeg = Leg(node, TunnelSide.Node);

    public void Run(Action<Tunnel> action) => action(Tunnel);

    public void Abort() => _abort.Cancel();

    private TunnelLeg Leg(Stream stream, TunnelSide peer, Socket? socket = null) => new(
        stream,
        new Observer(Tunnel, peer),
        _time,
        _abort.Token,
        holdsEnd: peer == TunnelSide.Node,
        _maxBuffered / 2,
        socket);

    private sealed class Observer(Tunnel tunnel, TunnelSide peer) : ILegObserver
    {
        private readonly TunnelSide _other = peer == TunnelSide.Client ? TunnelSide.Node : TunnelSide.Client;

        public void Received() => tunnel.OnReceived(peer);

        public void OnForwarded(long bytes, long frames) => tunnel.OnForwarded(_other, bytes, frames);

        public void OnCloseForwarding() => tunnel.OnCloseFrame(_other);

        public void OnPeerClosed() => tunnel.OnPeerClosed(_other);

        public void OnPeerEof() => tunnel.OnPeerEof(peer);

        public void OnPeerLost() => tunnel.OnPeerLost(peer);
    }
}
