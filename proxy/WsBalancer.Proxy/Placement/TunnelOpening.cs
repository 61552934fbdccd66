using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Opens the tunnel of an accepted handshake: creates and registers it, and closes it at once if its node has left or
/// the balancer stops. Removes and logs the tunnel when it is over.
/// </summary>
internal sealed class TunnelOpening
{
    private readonly TunnelRegistry _tunnels;
    private readonly AttemptOutcomes _outcomes;
    private readonly Readiness _readiness;
    private readonly AccessLog _access;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _maxBuffered;
    private readonly Action<Tunnel> _unregister;

    public TunnelOpening(
        TunnelRegistry tunnels,
        AttemptOutcomes outcomes,
        Readiness readiness,
        AccessLog access,
        SocketsOptions sockets,
        TimeProvider time,
        ILogger<TunnelOpening> logger)
    {
        _tunnels = tunnels;
        _outcomes = outcomes;
        _readiness = readiness;
        _access = access;
        _time = time;
        _logger = logger;
        _maxBuffered = (int)sockets.MaxBufferedPerTunnel.Bytes;
        _unregister = Unregister;
    }

    /// <summary>Sets the client's connection up for a tunnel, which has no minimum data rate. Keep-alive only detects a
    /// client that is lost.</summary>
    public static void PrepareClient(Handshake handshake)
    {
        var features = handshake.Context.Features;
        if (features.Get<IHttpMinResponseDataRateFeature>() is { } response)
        {
            response.MinDataRate = null;
        }

        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
        {
            request.MinDataRate = null;
        }

        ClientKeepAlive.Apply(handshake.Context, handshake.Options.KeepAlive);
    }

    /// <summary>Creates a portable tunnel.</summary>
    /// <param name="handshake">The handshake.</param>
    /// <param name="client">The stream to the client.</param>
    /// <param name="abort">Cancelled to end the tunnel at once.</param>
    public StreamFlow CreatePortable(Handshake handshake, Stream client, CancellationTokenSource abort)
    {
        var context = handshake.Context;
        var socket = HttpProtocol.IsHttp11(context.Request.Protocol)
            ? context.Features.Get<IConnectionSocketFeature>()?.Socket
            : null;
        return new StreamFlow(TermsOf(handshake), abort, _maxBuffered, client, socket);
    }

    /// <summary>Creates a native tunnel, which relays nothing yet.</summary>
    public NativeTunnel CreateNative(Handshake handshake, DetachedSocket client, DetachedSocket node) =>
        new(TermsOf(handshake), client, node, _maxBuffered, _unregister);

    /// <summary>Creates the native tunnel of a client that has disconnected.</summary>
    public Tunnel CreateDisconnected(Handshake handshake) => new(TermsOf(handshake), ClosedFlow.Instance);

    /// <summary>Registers the tunnel, which is open from now on.</summary>
    public void Register(Handshake handshake, Tunnel tunnel)
    {
        var duration = _time.GetElapsedTime(handshake.Begun);
        tunnel.Origin = _access.OriginOf(handshake.Context, handshake.Times, duration);
        if (handshake.Place is { } place)
        {
            place.Open(tunnel);
        }
        else
        {
            _tunnels.Add(tunnel);
        }

        var node = handshake.Target;
        _outcomes.Accepted(handshake, node, duration);

        // The node was removed during the handshake, and the cluster no longer has it: no drain would close the tunnel.
        if (handshake.Cluster.HasLeft(node))
        {
            tunnel.Close(TunnelEnd.Drain, CloseCode.ServiceRestart, "the node has left");
        }

        // The handshake began before the stop, and its tunnel was opened after the stop had closed all others.
        if (_readiness.IsRefusing)
        {
            tunnel.Close(TunnelEnd.Shutdown, CloseCode.GoingAway, "the balancer is stopping");
        }
    }

    /// <summary>Removes a tunnel that is over. Called once.</summary>
    public void Unregister(Tunnel tunnel)
    {
        var end = tunnel.Finish(TunnelEnd.Error);
        _tunnels.Remove(tunnel, end);
        _access.AddTunnel(tunnel, end);
        TunnelLog.Ended(
            _logger,
            tunnel.Identity.Id,
            tunnel.Identity.Node.Id,
            tunnel.Identity.Node.Cluster,
            tunnel.Age,
            TunnelEndLabel.Of(end),
            tunnel.Forced);
    }

    /// <summary>Removes the tunnel of a request that has ended. A native tunnel continues after the end of its request.
    /// </summary>
    public void EndPortable(Handshake handshake)
    {
        if (handshake.Tunnel is { Flow.Path: TunnelPath.Portable } tunnel)
        {
            Unregister(tunnel);
            UnreadClientReset.ResetAfter(handshake.Context, tunnel.Forced, tunnel.CloseTimeout, _time);
        }
    }

    private TunnelTerms TermsOf(Handshake handshake)
    {
        var node = handshake.Target;
        var protocol = handshake.Context.Request.Protocol;
        var identity = new TunnelIdentity(_tunnels.NextId(), node.Key, handshake.User, protocol);
        return new TunnelTerms(identity, handshake.Options, node.Ledger, _time);
    }
}
