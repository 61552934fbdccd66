using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Moves;

/// <summary>The calls that begin a drain, show its progress and end it.</summary>
internal static class DrainEndpoints
{
    public static void MapDrain(this IEndpointRouteBuilder cluster)
    {
        var drain = cluster.MapGroup("/nodes/{node}/drain").WithTags("Drain");
        drain.MapGet("/", Show).WithName("readDrain").WithSummary("How far the drain of a node is.");
        drain.MapPost("/", BeginAsync).WithName("drain").WithBody<DrainBody>().AsChange()
            .WithSummary("Begins to drain a node, or changes how it is drained.");
        drain.MapDelete("/", ResumeAsync).WithName("resume").AsChange()
            .WithSummary("Ends an operator's drain: the node takes users again.");
    }

    private static Ok<DrainStatusView> Show(
        string cluster,
        string node,
        FleetRegistry fleet,
        DrainOperations drains,
        [FromQuery, Description(Scope.Expected)] string? scope)
    {
        var found = fleet.Get(cluster);
        return TypedResults.Ok(DrainStatusView.From(found.Id, drains.Read(found, node, Scope.IsFleet(scope))));
    }

    private static async Task<Accepted<DrainStatusView>> BeginAsync(
        string cluster,
        string node,
        HttpRequest request,
        FleetRegistry fleet,
        DrainOperations drains,
        [FromHeader(Name = IfMatch.Name), Description(IfMatch.Means)] string? ifMatch)
    {
        var found = fleet.Get(cluster);
        var body = await RequestBody.ReadAsync<DrainBody>(request);
        var result = await drains.BeginAsync(
            found, node, body.ToRequest(), IfMatch.Epoch(ifMatch), request.HttpContext.RequestAborted);
        return TypedResults.Accepted(request.Path, DrainStatusView.From(found.Id, result));
    }

    private static async Task<Ok<DrainStatusView>> ResumeAsync(
        string cluster,
        string node,
        FleetRegistry fleet,
        DrainOperations drains,
        [FromHeader(Name = IfMatch.Name), Description(IfMatch.Means)] string? ifMatch,
        CancellationToken cancellation)
    {
        var found = fleet.Get(cluster);
        var result = await drains.ResumeAsync(found, node, IfMatch.Epoch(ifMatch), cancellation);
        return TypedResults.Ok(DrainStatusView.From(found.Id, result));
    }
}
