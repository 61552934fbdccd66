using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Rebalancing;

namespace WsBalancer.Proxy.Admin.Moves;

/// <summary>The calls that begin a rebalance, show its progress, pause it and end it.</summary>
internal static class RebalanceEndpoints
{
    public static void MapRebalance(this IEndpointRouteBuilder cluster)
    {
        var rebalance = cluster.MapGroup("/rebalance").WithTags("Rebalance");
        rebalance.MapGet("/", Show).WithName("readRebalance").WithSummary("How far the rebalance of a cluster is.");
        rebalance.MapPost("/", BeginAsync).WithName("rebalance").WithBody<RebalanceBody>().AsChange()
            .WithSummary("Begins to bring misplaced tunnels home, or changes the rate.");
        rebalance.MapPatch("/", PauseAsync).WithName("pauseRebalance").WithBody<PauseBody>().AsChange()
            .WithSummary("Pauses a rebalance, or continues it.");
        rebalance.MapDelete("/", CancelAsync).WithName("cancelRebalance").AsChange()
            .WithSummary("Ends a rebalance.");
    }

    private static Ok<RebalanceStatusView> Show(
        string cluster,
        FleetRegistry fleet,
        RebalanceOperations rebalances,
        [FromQuery, Description(Scope.Expected)] string? scope)
    {
        var found = fleet.Get(cluster);
        var status = rebalances.StatusOf(found, Scope.IsFleet(scope));
        var result = new RebalanceResult(status, found.Current.Epoch, rebalances.Shared);
        return TypedResults.Ok(RebalanceStatusView.From(found.Id, result));
    }

    private static async Task<Accepted<RebalanceStatusView>> BeginAsync(
        string cluster,
        HttpRequest request,
        FleetRegistry fleet,
        RebalanceOperations rebalances,
        [FromHeader(Name = IfMatch.Name), Description(IfMatch.Means)] string? ifMatch)
    {
        var found = fleet.Get(cluster);
        var body = await RequestBody.ReadAsync<RebalanceBody>(request);
        var result = await rebalances.BeginAsync(
            found, body.RatePerSecond, IfMatch.Epoch(ifMatch), request.HttpContext.RequestAborted);
        return TypedResults.Accepted(request.Path, RebalanceStatusView.From(found.Id, result));
    }

    private static async Task<Ok<RebalanceStatusView>> PauseAsync(
        string cluster,
        HttpRequest request,
        FleetRegistry fleet,
        RebalanceOperations rebalances,
        [FromHeader(Name = IfMatch.Name), Description(IfMatch.Means)] string? ifMatch)
    {
        var found = fleet.Get(cluster);
        var body = await RequestBody.ReadAsync<PauseBody>(request);
        var result = await rebalances.PauseAsync(
            found, body.Paused!.Value, IfMatch.Epoch(ifMatch), request.HttpContext.RequestAborted);
        return TypedResults.Ok(RebalanceStatusView.From(found.Id, result));
    }

    private static async Task<Ok<RebalanceStatusView>> CancelAsync(
        string cluster,
        FleetRegistry fleet,
        RebalanceOperations rebalances,
        [FromHeader(Name = IfMatch.Name), Description(IfMatch.Means)] string? ifMatch,
        CancellationToken cancellation)
    {
        var found = fleet.Get(cluster);
        var result = await rebalances.CancelAsync(found, IfMatch.Epoch(ifMatch), cancellation);
        return TypedResults.Ok(RebalanceStatusView.From(found.Id, result));
    }
}
