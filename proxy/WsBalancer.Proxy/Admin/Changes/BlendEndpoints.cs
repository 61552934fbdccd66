using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>Moves users from one ring to another, a share at a time.</summary>
internal static class BlendEndpoints
{
    public static void MapBlend(this IEndpointRouteBuilder cluster)
    {
        var blend = cluster.MapGroup("/blend").WithTags("Blend");
        blend.MapGet("/", Show).WithName("readBlend")
            .WithSummary("The blend in force; with 'to' and 'share', what that step would move. Changes nothing.");
        blend.MapPost("/", BlendAsync).WithName("blend").WithBody<BlendBody>().AsChange()
            .WithSummary("Puts a share of the users onto another ring; 0 takes them all back.");
    }

    private static Ok<BlendView> Show(
        string cluster,
        FleetRegistry fleet,
        FleetPlanner planner,
        [FromQuery, Description(BlendBody.ExpectedRing)] string? to,
        [FromQuery, Description(BlendBody.ExpectedShare)] string? share)
    {
        var found = fleet.Get(cluster);
        var step = QueryText.Number(nameof(share), share, value => value is >= 0 and <= 1, BlendBody.ExpectedShare);
        if (to is null != step is null)
        {
            throw new BadHttpRequestException("'to' and 'share' belong together: expected both, or neither.");
        }

        if (to is not null)
        {
            var plan = planner.PlanBlend(found, to, step!.Value);
            return TypedResults.Ok(BlendView.FromPlan(found, to, step.Value, plan));
        }

        var blend = found.Current.Composition.Blend;
        var nothing = planner.Plan(found, new FleetChangeRequest([], [], new Dictionary<string, int>()));
        return TypedResults.Ok(BlendView.FromPlan(found, blend?.To, blend?.Share ?? 0, nothing));
    }

    private static async Task<Ok<BlendChangeView>> BlendAsync(
        string cluster,
        HttpRequest request,
        FleetRegistry fleet,
        FleetChanges changes,
        [FromHeader(Name = IfMatch.Name), Description(IfMatch.Means)] string? ifMatch)
    {
        var found = fleet.Get(cluster);
        var body = await RequestBody.ReadAsync<BlendBody>(request);
        var (to, share) = (body.To!, body.Share!.Value);
        var result = await changes.BlendAsync(
            found, to, share, IfMatch.Epoch(ifMatch), request.HttpContext.RequestAborted);
        return TypedResults.Ok(BlendChangeView.FromResult(found, to, share, result));
    }
}
