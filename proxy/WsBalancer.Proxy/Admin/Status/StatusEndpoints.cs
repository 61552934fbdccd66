using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace WsBalancer.Proxy.Admin.Status;

/// <summary>The calls for the state of the balancer.</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder api)
    {
        api.MapGet("/status", Read)
            .WithTags("Status")
            .WithName("readStatus")
            .WithSummary("Whether users are served, and all that the balancer depends on.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/balancers", static (BalancersReader balancers) => TypedResults.Ok(balancers.Read()))
            .WithTags("Status")
            .WithName("listBalancers")
            .WithSummary("The balancers that share the fleet, and whether they agree with this one.");
        api.MapGet(
            "/configuration", static (ConfigurationReader configuration) => TypedResults.Ok(configuration.Read()))
            .WithTags("Status")
            .WithName("readConfiguration")
            .WithSummary("The configuration as it was applied last, by key, without secrets.");
    }

    private static Ok<StatusView> Read(
        BalancerStatus status, [FromQuery, Description("Only this cluster; all without.")] string? cluster) =>
        TypedResults.Ok(status.Read(cluster));
}
