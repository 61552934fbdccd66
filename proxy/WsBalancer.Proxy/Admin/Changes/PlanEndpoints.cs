using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Admin.Callers;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>The call that computes what changes would move, and makes none.</summary>
internal static class PlanEndpoints
{
    public static void MapPlan(this IEndpointRouteBuilder cluster) => cluster.MapPost("/plan", PlanAsync)
        .WithBody<PlanBody>()
        .WithMetadata(new ChangesNothing())
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .WithTags("Nodes")
        .WithName("plan")
        .WithSummary("What changes of the nodes would move, all of them together. Changes nothing.");

    private static async Task<Ok<PlanView>> PlanAsync(
        string cluster, HttpRequest request, FleetRegistry fleet, FleetPlanner planner)
    {
        var found = fleet.Get(cluster);
        var body = await RequestBody.ReadAsync<PlanBody>(request);
        return TypedResults.Ok(PlanView.FromPlan(planner.Plan(found, body.ToRequest())));
    }
}
