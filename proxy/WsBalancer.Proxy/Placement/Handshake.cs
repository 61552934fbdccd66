using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Placement.Native;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Sockets;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// A WebSocket handshake, from the request to the open tunnel. YARP forwards the handshake; this object replaces the
/// client's and the node's stream when YARP obtains them. On the portable path it puts a <see cref="TunnelLeg"/> over
/// each stream; on the native path it detaches both sockets, and YARP gets empty streams.
/// </summary>
internal sealed class Handshake : PlacedRequest, IDisposable
{
    private readonly TunnelOpening _opening;
    private readonly CancellationToken _clientDisconnected;
    private readonly CancellationTokenSource _end = new();
    private CancellationTokenRegistration _onClientDisconnected;
    private StreamFlow? _portable;
    private NodeResponseBody? _nativeNode;

    /// <param name="context">The request. Its upgrade feature and its abort token are replaced.</param>
    /// <param name="cluster">The cluster of the request.</param>
    /// <param name="place">The places that the handshake holds; null without limits.</param>
    /// <param name="begun">When the handshake began: a timestamp.</param>
    /// <param name="opening">Opens the tunnel.</param>
    public Handshake(
        HttpContext context, FleetCluster cluster, HandshakeReservation? place, long begun, TunnelOpening opening)
    {
        Context = context;
        Cluster = cluster;
        Options = cluster.Current.Settings.Get<TunnelOptions>();
        Place = place;
        Begun = begun;
        _opening = opening;
        _clientDisconnected = context.RequestAborted;
        _onClientDisconnected = _clientDisconnected.UnsafeRegister(
            static end => CallbackState.Of<CancellationTokenSource>(end).Cancel(), _end);
        context.RequestAborted = _end.Token;
        context.Features.Set<PlacedRequest>(this);
        TunnelUpgrade.Install(context, Accepting, AcceptClient);
    }

    /// <summary>The client's request.</summary>
    public HttpContext Context { get; }

    public FleetCluster Cluster { get; }

    /// <summary>The node of the current attempt, once there is one.</summary>
    public Node Target => Node ?? throw new InvalidOperationException("No attempt has begun.");

    /// <summary>The settings of the tunnel.</summary>
    public TunnelOptions Options { get; }

    /// <summary>The places that the handshake holds, and that its tunnel takes over; null without limits.</summary>
    public HandshakeReservation? Place { get; }

    /// <summary>When the handshake began: a timestamp of the clock.</summary>
    public long Begun { get; }

    /// <summary>The tunnel; null until it is open and registered.</summary>
    public Tunnel? Tunnel { get; private set; }

    /// <summary>Whether the client was sent the response that opens its WebSocket.</summary>
    public bool IsAccepted { get; private set; }

    public bool IsClientDisconnected => _clientDisconnected.IsCancellationRequested;

    // A handshake has no body, so it can always be sent again.
    public override bool CanRetry => true;

    public override void Answered(HttpRequestMessage request, HttpResponseMessage response)
    {
        var isSwitched = response.StatusCode == HttpStatusCode.SwitchingProtocols;
        if (isSwitched)
        {
            WebSocketResponse.Complete(response);
        }

        base.Answered(request, response);
        IsUpgraded = isSwitched
            || (response.StatusCode == HttpStatusCode.OK && request.Headers.Protocol is not null);
        if (IsUpgraded)
        {
            _nativeNode = (response.Content as ResponseContent)?.Body as NodeResponseBody;
            response.Content = new UpgradedContent(response.Content, OpenAsync);
        }
    }

    // The source of the abort token is not disposed of: it holds no timer, and an abort of the tunnel may still cancel
    // it.
    public void Dispose() => _onClientDisconnected.Dispose();

    // Called before the 101 is sent. As soon as it has the 101, the client may send data and disconnect, while the data
    // is still being sent to the node. So from now on a disconnect of the client does not cancel the request: the
    // tunnel is notified instead. Options of the client's socket are set now, since the client may close it after the
    // 101.
    private void Accepting()
    {
        _onClientDisconnected.Dispose();
        TunnelOpening.PrepareClient(this);
    }

    private Stream AcceptClient(Stream client)
    {
        IsAccepted = true;
        if (_nativeNode is not null)
        {
            return Stream.Null;
        }

        _portable = _opening.CreatePortable(this, client, _end);
        return _portable.ClientLeg;
    }

    private Task<Stream> OpenAsync(HttpContent answer) =>
        _nativeNode is { } node ? OpenNativelyAsync(answer, node) : AcceptNodeAsync(answer);

    private async Task<Stream> AcceptNodeAsync(HttpContent answer)
    {
        var flow = _portable ?? throw new InvalidOperationException("The client is accepted before the node.");
        var leg = flow.AcceptNode(await answer.ReadAsStreamAsync());
        Open(flow.Tunnel);
        _onClientDisconnected = _clientDisconnected.UnsafeRegister(
            static tunnel => CallbackState.Of<Tunnel>(tunnel).OnClientDisconnected(), flow.Tunnel);
        return leg;
    }

    // The request ends now, and the tunnel continues.
    private async Task<Stream> OpenNativelyAsync(HttpContent answer, NodeResponseBody node)
    {
        var connection = Context.Features.GetRequiredFeature<LoopConnection>();
        var isOnLoop = connection.Loop.IsCurrent;
        DetachedSocket? client = null;
        try
        {
            client = await connection.DetachAsync();
        }
        catch (IOException)
        {
            // The client has disconnected. It may have received its 101, so the tunnel is counted.
            answer.Dispose();
        }

        // If the detachment was complete before the await, the thread has not changed.
        await connection.Loop.Enter();
        if (client is { } socket)
        {
            var flow = _opening.CreateNative(this, socket, node.Detach());
            Open(flow.Tunnel);
            flow.Start();
        }
        else
        {
            OpenDisconnected();
        }

        if (!isOnLoop)
        {
            await Task.Yield();
        }

        return Stream.Null;
    }

    // Registers a tunnel whose client has disconnected, and ends it at once.
    private void OpenDisconnected()
    {
        var tunnel = _opening.CreateDisconnected(this);
        Open(tunnel);
        tunnel.OnPeerEof(TunnelSide.Client);
        _opening.Unregister(tunnel);
    }

    private void Open(Tunnel tunnel)
    {
        Tunnel = tunnel;
        _opening.Register(this, tunnel);
    }
}
