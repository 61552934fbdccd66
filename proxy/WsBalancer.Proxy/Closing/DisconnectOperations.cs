using Microsoft.Extensions.Hosting;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Closing;

/// <summary>Closes tunnels at every balancer: those of a user, of a node or above an age, or a single one.</summary>
internal sealed class DisconnectOperations(
    FleetRegistry fleet, TunnelRegistry tunnels, IDisconnectionChannel others, OperationEvents news) : IHostedService
{
    /// <summary>Closes the selected tunnels of a cluster.</summary>
    /// <returns>The number of tunnels that this balancer closes, and whether the request was sent to the other
    /// balancers; null if this balancer does not share.</returns>
    /// <exception cref="RefusedException">No endpoint may send the code.</exception>
    public async Task<(int Closed, bool? Shared)> AllAsync(
        FleetCluster cluster, TunnelSelection selection, int code, CancellationToken cancellation)
    {
        Check(code);
        var closed = Close(selection.In(cluster, tunnels), code);
        news.Disconnected(
            cluster.Id, $"{selection.Describe()} disconnected: {closed} tunnels of this balancer close", closed);
        var shared = await others.SendAsync(
            new Disconnection(
                cluster.Id, selection.User, null, code, selection.Node, selection.OlderThanSeconds),
            cancellation);
        return (closed, shared);
    }

    /// <summary>Closes one tunnel.</summary>
    /// <returns>1 if this balancer closes the tunnel, else 0; and whether the request was sent to the other
    /// balancers.</returns>
    /// <exception cref="RefusedException">
    /// No endpoint may send the code; no tunnel can have the id; or the tunnel does not exist, and this balancer does
    /// not share.
    /// </exception>
    public async Task<(int Closed, bool? Shared)> TunnelAsync(string id, int code, CancellationToken cancellation)
    {
        Check(code);
        if (!RecordBounds.IsName(id))
        {
            throw NoTunnel(id);
        }

        var tunnel = tunnels.Find(id);
        var closed = tunnel is null ? 0 : Close([tunnel], code);
        if (tunnel is not null && closed > 0)
        {
            news.Disconnected(tunnel.Identity.Node.Cluster, $"the tunnel {id} is disconnected", closed);
        }

        var shared = await others.SendAsync(new Disconnection(null, null, id, code), cancellation);
        return tunnel is null && shared is null
            ? throw NoTunnel(id)
            : (closed, shared);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        others.Received += OnReceived;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        others.Received -= OnReceived;
        return Task.CompletedTask;
    }

    private static int Close(IEnumerable<Tunnel> closing, int code) =>
        closing.Count(tunnel => tunnel.Close(TunnelEnd.Disconnect, code, "disconnected by an operator"));

    private static RefusedException NoTunnel(string id) =>
        new(RefusalKind.Unknown, $"There is no tunnel '{RecordText.Of(id)}'.");

    private static void Check(int code)
    {
        if (!CloseCode.MayBeSent(code))
        {
            throw new RefusedException(
                RefusalKind.BadValue, $"'closeCode' is {code}: expected {CloseCode.Allowed}.");
        }
    }

    // A message with a wrong code is set aside when it is read; checked again, since no such code may be sent.
    private void OnReceived(Disconnection disconnection)
    {
        if (!CloseCode.MayBeSent(disconnection.CloseCode))
        {
            return;
        }

        if (disconnection is { Cluster: { } cluster, Tunnel: null } && fleet.Find(cluster) is { } found)
        {
            // The sender has resolved the id of the node: here, a node of another spelling is another node.
            var selection = new TunnelSelection(
                disconnection.User, disconnection.Node, disconnection.OlderThanSeconds);
            Close(selection.In(found, tunnels), disconnection.CloseCode);
        }
        else if (disconnection.Tunnel is { } id && tunnels.Find(id) is { } tunnel)
        {
            Close([tunnel], disconnection.CloseCode);
        }
    }
}
