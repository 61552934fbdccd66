using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Placement.Native;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
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
    private readonly HttpContext _context;
    private readonly TunnelRegistry _tunnels;
    private readonly TunnelOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<Tunnel> _opened;
    private readonly TunnelSettings _native;
    private readonly CancellationToken _clientDisconnected;
    private readonly CancellationTokenSource _end = new();
    private CancellationTokenRegistration _onClientDisconnected;
    private Tunnel? _accepted;
    private StreamFlow? _flow;
    private bool _isNative;

    /// <param name="context">The request. Its upgrade feature and its abort token are replaced.</param>
    /// <param name="user">The user id; null without one.</param>
    /// <param name="options">The settings of the cluster.</param>
    /// <param name="tunnels">Creates the ids of tunnels.</param>
    /// <param name="time">The clock of the tunnel.</param>
    /// <param name="opened">Called when the tunnel is open; registers it.</param>
    /// <param name="native">The settings of tunnels that do not depend on the request.</param>
    public Handshake(
        HttpContext context,
        string? user,
        TunnelOptions options,
        TunnelRegistry tunnels,
        TimeProvider time,
        Action<Tunnel> opened,
        TunnelSettings native)
    {
        _context = context;
        User = user;
        _options = options;
        _tunnels = tunnels;
        _time = time;
        _opened = opened;
        _native = native;
        _clientDisconnected = context.RequestAborted;
        _onClientDisconnected = _clientDisconnected.UnsafeRegister(
            static end => ((CancellationTokenSource)end!).Cancel(), _end);
        context.RequestAborted = _end.Token;
        context.Features.Set<PlacedRequest>(this);
        TunnelUpgrade.Install(context, Accepting, AcceptClient);
    }

    /// <summary>The tunnel; null until it is open and registered.</summary>
    public Tunnel? Tunnel { get; private set; }

    /// <summary>Whether the client was sent the response that opens its WebSocket.</summary>
    public bool IsAccepted => _accepted is not null;

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
            _isNative = response.Content is ResponseContent { Body: NodeResponseBody };
            response.Content = new UpgradedContent(
                response.Content, _isNative ? OpenNativelyAsync : AcceptNodeAsync);
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
        LiftLimits();
    }

    private Stream AcceptClient(Stream client)
    {
        var node = Node!;
        var identity = new TunnelIdentity(_tunnels.NextId(), node.Key, User, _context.Request.Protocol);
        _accepted = new Tunnel(identity, _options, node.Ledger, _time);
        if (_isNative)
        {
            return Stream.Null;
        }

        _flow = new StreamFlow(_accepted, _end, _time, _native.MaxBuffered);
        return _flow.AcceptClient(client, HttpProtocol.IsHttp11(_context.Request.Protocol)
            ? _context.Features.Get<IConnectionSocketFeature>()?.Socket
            : null);
    }

    private async Task<Stream> AcceptNodeAsync(HttpContent answer)
    {
        Tunnel = _accepted!;
        var leg = _flow!.AcceptNode(await answer.ReadAsStreamAsync());
        _opened(Tunnel);
        _onClientDisconnected = _clientDisconnected.UnsafeRegister(
            static tunnel => ((Tunnel)tunnel!).OnClientDisconnected(), Tunnel);
        return leg;
    }

    // The request ends now, and the tunnel continues.
    private async Task<Stream> OpenNativelyAsync(HttpContent answer)
    {
        var connection = _context.Features.Get<LoopConnection>()!;
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
            Open(socket, ((NodeResponseBody)((ResponseContent)answer).Body).Detach());
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

    private void Open(DetachedSocket client, DetachedSocket node)
    {
        var tunnel = _accepted!;
        var flow = new NativeTunnel(tunnel, client, node, _native.MaxBuffered, _native.Over);
        Tunnel = tunnel;
        _opened(tunnel);
        flow.Start();
    }

    // Registers a tunnel whose client has disconnected, and ends it at once.
    private void OpenDisconnected()
    {
        var tunnel = _accepted!;
        tunnel.Flow = ClosedFlow.Instance;
        Tunnel = tunnel;
        _opened(tunnel);
        tunnel.OnPeerEof(TunnelSide.Client);
        _native.Over(tunnel);
    }

    // A tunnel has no minimum data rate. Keep-alive only detects a client that is lost.
    private void LiftLimits()
    {
        if (_context.Features.Get<IHttpMinResponseDataRateFeature>() is { } response)
        {
            response.MinDataRate = null;
        }

        if (_context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
        {
            request.MinDataRate = null;
        }

        ClientKeepAlive.Apply(_context, _options.KeepAlive);
    }
}
