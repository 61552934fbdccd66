namespace WsBalancer.Proxy.Tunnels;

/// <summary>The portable data path: two streams, which somebody else copies into each other.</summary>
internal sealed class StreamFlow : ITunnelFlow
{
    private readonly Tunnel _tunnel;
    private readonly CancellationTokenSource _cut;

    /// <param name="tunnel">Whose bytes they are.</param>
    /// <param name="cut">Cancelled to end both legs at once. The owner's; at most once, from any thread.</param>
    public StreamFlow(Tunnel tunnel, CancellationTokenSource cut)
    {
        _tunnel = tunnel;
        _cut = cut;
        tunnel.Flow = this;
    }

    public TunnelPath Path => TunnelPath.Portable;

    /// <summary>Null until the client is accepted.</summary>
    public TunnelLeg? ClientLeg { get; private set; }

    /// <summary>Null until the node is accepted.</summary>
    public TunnelLeg? NodeLeg { get; private set; }

    ITunnelLeg ITunnelFlow.Client => ClientLeg!;

    ITunnelLeg ITunnelFlow.Node => NodeLeg!;

    public TunnelLeg AcceptClient(Stream client) => ClientLeg = Leg(client, TunnelSide.Client);

    public TunnelLeg AcceptNode(Stream node) => NodeLeg = Leg(node, TunnelSide.Node);

    public void Cut() => _cut.Cancel();

    private TunnelLeg Leg(Stream stream, TunnelSide peer) =>
        new(stream, new Observer(_tunnel, peer), _cut.Token, holdsEnd: peer == TunnelSide.Node);

    private sealed class Observer(Tunnel tunnel, TunnelSide peer) : ILegObserver
    {
        private readonly TunnelSide _other = peer == TunnelSide.Client ? TunnelSide.Node : TunnelSide.Client;

        public void Received() => tunnel.Heard(peer);

        public void Passed(long bytes, long frames) => tunnel.Passed(_other, bytes, frames);

        public void ClosePasses() => tunnel.SaysGoodbye(_other);

        public void Closed() => tunnel.Closed(_other);

        public void Ended() => tunnel.Ended(peer);

        public void Lost() => tunnel.Lost(peer);
    }
}
