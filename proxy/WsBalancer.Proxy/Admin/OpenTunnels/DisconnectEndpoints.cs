using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Admin.OpenTunnels;

/// <summary>
/// The calls that close tunnels at every balancer: those of a user, of a node or above an age, or a single one.
/// </summary>
internal static class DisconnectEndpoints
{
    private const string ExpectedCode = CloseCode.Allowed + " (default 1012)";

    public static void MapDisconnects(this IEndpointRouteBuilder cluster) =>
        cluster.MapDelete("/tunnels", DisconnectAllAsync)
            .WithName("disconnectTunnels")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .WithTags("Tunnels")
            .WithSummary("Closes all tunnels of a user or a node, or those older than an age, at every balancer.");

    public static void MapDisconnect(this IEndpointRouteBuilder api) =>
        api.MapDelete("/tunnels/{tunnel}", DisconnectAsync)
            .WithName("disconnectTunnel")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithTags("Tunnels")
            .WithSummary("Closes one tunnel, at whichever balancer it is.");

    private static async Task<Ok<DisconnectView>> DisconnectAllAsync(
        string cluster,
        FleetRegistry fleet,
        DrainOperations drains,
        DisconnectOperations disconnects,
        [FromQuery, Description("Whose.")] string? user,
        [FromQuery, Description("To which node.")] string? node,
        [FromQuery, Description(QueryText.ExpectedAge)] string? olderThanSeconds,
        [FromQuery, Description(ExpectedCode)] string? closeCode,
        CancellationToken cancellation)
    {
        var found = fleet.Get(cluster);
        var olderThan = QueryText.Age(nameof(olderThanSeconds), olderThanSeconds);
        var selection = new TunnelSelection(
            user is null && (node is not null || olderThan is not null) ? null : QueryText.User(user),
            node is null ? null : drains.NodeIdOf(found, node),
            olderThan);
        var (closed, shared) = await disconnects.AllAsync(found, selection, CodeOf(closeCode), cancellation);
        return TypedResults.Ok(new DisconnectView(closed, shared));
    }

    private static async Task<Ok<DisconnectView>> DisconnectAsync(
        string tunnel,
        DisconnectOperations disconnects,
        [FromQuery, Description(ExpectedCode)] string? closeCode,
        CancellationToken cancellation)
    {
        var (closed, shared) = await disconnects.TunnelAsync(tunnel, CodeOf(closeCode), cancellation);
        return TypedResults.Ok(new DisconnectView(closed, shared));
    }

    private static int CodeOf(string? closeCode) =>
        QueryText.Whole(nameof(closeCode), closeCode, CloseCode.MayBeSent, ExpectedCode) ?? CloseCode.ServiceRestart;
}

/// <summary>The result of a disconnect, as the API shows it.</summary>
/// <param name="Closed">The number of tunnels that this balancer closes.</param>
/// <param name="Shared">Whether the request was sent to the other balancers; null if this balancer does not
/// share.</param>
internal sealed record DisconnectView(int Closed, bool? Shared);
