using System.Runtime.CompilerServices;
using WsBalancer.Proxy.Admin.Events;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy;

/// <summary>The fleet for the application, over the services that the admin API uses, too.</summary>
internal sealed class ApplicationFleet(
    FleetRegistry fleet,
    TunnelRegistry tunnels,
    AdmissionControl admission,
    PeerReports peers,
    DrainOperations drains,
    BalancerEvents events,
    TimeProvider time) : IFleet
{
    public IReadOnlyList<string> Clusters => [.. fleet.Clusters.Select(cluster => cluster.Id)];

    public IReadOnlyList<FleetNode> GetNodes(string cluster)
    {
        var found = fleet.Get(cluster);
        found.Sweep();
        var snapshot = found.Current;
        var others = peers.OthersIn(found.Id, fleet: true);
        return
        [
            .. snapshot.All.Select(node =>
                NodeOf(node, NodeFigures.Of(node, snapshot, tunnels, others), snapshot)),
        ];
    }

    public FleetUser GetUser(string cluster, string user)
    {
        ThrowIfNone(user);
        var place = UserNodes.Of(fleet.Get(cluster), tunnels, admission, user);
        return new FleetUser(
            user,
            place.Owner?.Id,
            place.Home?.Id,
            place.Next?.Id,
            [.. place.Order.Select(node => node.Id)],
            place.Reason);
    }

    public IReadOnlyList<FleetTunnel> GetTunnels(string cluster, string user)
    {
        ThrowIfNone(user);
        var found = fleet.Get(cluster);
        var snapshot = found.Current;
        return
        [
            .. from tunnel in tunnels.Of(found.Id, user)
               orderby tunnel.OpenedTimestamp
               let traffic = tunnel.Traffic
               select new FleetTunnel(
                   tunnel.Identity.Id,
                   tunnel.Identity.User,
                   tunnel.Identity.Node.Id,
                   tunnel.OpenedAt,
                   Misplaced.Is(snapshot, tunnel),
                   traffic.BytesFromClient,
                   traffic.BytesFromNode),
        ];
    }

    public FleetDrain GetDrain(string cluster, string node) =>
        DrainOf(drains.Read(fleet.Get(cluster), node, fleetWide: true).Status, null);

    public async Task<FleetDrain> DrainAsync(
        string cluster, string node, FleetDrainTerms? terms, CancellationToken cancellation)
    {
        var result = await ChangeAsync(
            () => drains.BeginAsync(fleet.Get(cluster), node, RequestOf(terms ?? new()), null, cancellation));
        return DrainOf(result.Status, result.Shared);
    }

    public Task ResumeAsync(string cluster, string node, CancellationToken cancellation) =>
        ChangeAsync(() => drains.ResumeAsync(fleet.Get(cluster), node, null, cancellation));

    public async IAsyncEnumerable<FleetEvent> ReadEventsAsync(
        long? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var listener = new EventListener(
            events,
            after is null ? null : kept => [.. kept.After(default).Where(happened => happened.Id > after)],
            Timeout.InfiniteTimeSpan,
            time);
        foreach (var missed in listener.Past)
        {
            yield return EventOf(missed);
        }

        await foreach (var happened in listener.ReadAsync(cancellation))
        {
            if (happened is not null)
            {
                yield return EventOf(happened);
            }
        }

        throw new InvalidOperationException(
            $"{EventListener.MaxWaiting} events of the fleet wait to be read: read on after the last known one.");
    }

    private static FleetNode NodeOf(NodeStatus node, NodeFigures figures, FleetSnapshot snapshot) => new(
        node.Id,
        node.Address,
        node.Weight,
        node.Source,
        figures.State,
        node.Health,
        figures.Tunnels,
        figures.Misplaced,
        snapshot.ShareOf(node.Id));

    private static FleetDrain DrainOf(DrainStatus status, bool? shared) => new(
        status.State,
        status.Total,
        status.Remaining,
        status.Closed,
        status.Forced,
        status.RatePerSecond,
        status.EtaSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        shared);

    private static FleetEvent EventOf(BalancerEvent happened) => new(
        happened.Id,
        happened.At,
        happened.Kind,
        happened.Cluster,
        happened.Node,
        happened.Message,
        happened.Figures,
        happened.By?.Name);

    private static DrainRequest RequestOf(FleetDrainTerms terms) => new()
    {
        RatePerSecond = terms.RatePerSecond,
        OverSeconds = terms.Over?.TotalSeconds,
        Deadline = terms.Deadline is not { } deadline
            ? default
            : deadline == Timeout.InfiniteTimeSpan ? DrainDeadline.None : DrainDeadline.In(deadline.TotalSeconds),
        CloseCode = terms.CloseCode,
        Force = terms.Force,
    };

    // A change is stored before it has an effect, so that nothing was done if the store refuses it.
    private static async Task<DrainResult> ChangeAsync(Func<Task<DrainResult>> change)
    {
        try
        {
            return await change();
        }
        catch (Exception ex) when (ex is RecordRefusedException or StateFileException)
        {
            throw new RefusedException(RefusalKind.Conflict, $"{ex.Message} Nothing was done.", ex);
        }
    }

    private static void ThrowIfNone(string user)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        if (UserId.Of(user).TooLong)
        {
            throw new ArgumentException($"A user id has at most {UserId.MaxBytes} bytes.", nameof(user));
        }
    }
}
