using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>Adds, removes and weighs nodes at run time. Each answer is the plan that was carried out.</summary>
internal static class NodeEndpoints
{
    public static void MapNodes(this IEndpointRouteBuilder cluster)
    {
        var nodes = cluster.MapGroup("/nodes").WithTags("Nodes");
        nodes.MapPost("/", AddAsync).WithName("addNode").WithBody<NodeBody>().AsChange()
            .WithSummary("Adds a node, or takes its removal back.");
        nodes.MapPatch("/{node}", ReweighAsync).WithName("weighNode").WithBody<WeightBody>().AsChange()
            .WithSummary("Gives a node another weight.");
        nodes.MapDelete("/{node}", RemoveAsync).WithName("removeNode").AsChange()
            .WithSummary("Takes a node out of the ring. It is listed as leaving until its last tunnel ends.");
    }

    private static async Task<Ok<ChangeView>> AddAsync(
        string cluster,
        HttpRequest request,
        FleetRegistry fleet,
        FleetChanges changes,
        [FromHeader(Name = IfMatch.Name), Description(IfMatch.Means)] string? ifMatch)
    {
        var found = fleet.Get(cluster);
        var body = await RequestBody.ReadAsync<NodeBody>(request);
        var result = await changes.AddAsync(
            found, body.ToAddition(), IfMatch.Epoch(ifMatch), request.HttpContext.RequestAborted);
        return TypedResults.Ok(ChangeView.FromResult(result));
    }

    private static async Task<Ok<ChangeView>> ReweighAsync(
        string cluster,
        string node,
        HttpRequest request,
        FleetRegistry fleet,
        FleetChanges changes,
        [FromHeader(Name = IfMatch.Name), Description(IfMatch.Means)] string? ifMatch)
    {
        var found = fleet.Get(cluster);
        var body = await RequestBody.ReadAsync<WeightBody>(request);
        var result = await changes.ReweighAsync(
            found, node, body.Weight!.Value, IfMatch.Epoch(ifMatch), request.HttpContext.RequestAborted);
        return TypedResults.Ok(ChangeView.FromResult(result));
    }

    private static async Task<Ok<ChangeView>> RemoveAsync(
        string cluster,
        string node,
        FleetRegistry fleet,
        FleetChanges changes,
        [FromQuery, Description("Whether its tunnels are closed at the pace of the cluster's drains.")] string? drain,
        [FromQuery, Description("Whether even if no other node takes users.")] string? force,
        [FromHeader(Name = IfMatch.Name), Description(IfMatch.Means)] string? ifMatch,
        CancellationToken cancellation)
    {
        var found = fleet.Get(cluster);
        var result = await changes.RemoveAsync(
            found,
            node,
            QueryText.Flag(nameof(drain), drain) ? DrainOperations.ForRemoval(found) : null,
            QueryText.Flag(nameof(force), force),
            IfMatch.Epoch(ifMatch),
            cancellation);
        return TypedResults.Ok(ChangeView.FromResult(result));
    }
}
