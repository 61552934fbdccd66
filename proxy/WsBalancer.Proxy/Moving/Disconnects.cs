using Microsoft.Extensions.Hosting;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>Closes the tunnels of a user or a node, old ones, or one tunnel, at every balancer.</summary>
internal sealed class Disconnects(
    FleetRegistry fleet, TunnelRegistry tunnels, Disconnections others, MovingNews news) : IHostedService
{
    /// <summary>Closes the tunnels of a cluster that are selected.</summary>
    /// <returns>How many are here, and whether the other balancers were told; null if there are none.</returns>
    /// <exception cref="RefusedException">The code may not be sent.</exception>
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
    /// <returns>Whether it is here, as 1 or 0, and whether the other balancers were told.</returns>
    /// <exception cref="RefusedException">The code may not be sent; or there is no such tunnel, here or anywhere.
    /// </exception>
    public async Task<(int Closed, bool? Shared)> TunnelAsync(string id, int code, CancellationToken cancellation)
    {
        Check(code);
        if (!RecordForm.IsName(id))
        {
            throw NoTunnel(id);
        }

        var tunnel = tunnels.Find(id);
        var closed = tunnel is null ? 0 : Close([tunnel], code);
        if (closed > 0)
        {
            news.Disconnected(tunnel!.Identity.Node.Cluster, $"the tunnel {id} is disconnected", closed);
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

    // A code that may not be sent is not, whoever asks for it.
    private void OnReceived(Disconnection heard)
    {
        if (!CloseCode.MayBeSent(heard.CloseCode))
        {
            return;
        }

        if (heard is { Cluster: { } cluster, Tunnel: null } && fleet.Find(cluster) is { } found)
        {
            var selection = new TunnelSelection(heard.User, heard.Node, heard.OlderThanSeconds);
            Close(selection.In(found, tunnels), heard.CloseCode);
        }
        else if (heard.Tunnel is { } id && tunnels.Find(id) is { } tunnel)
        {
            Close([tunnel], heard.CloseCode);
        }
    }
}
