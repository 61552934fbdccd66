using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace WsBalancer.Proxy.Admin.Status;

/// <summary>The call for the state of the balancer.</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder api) => api.MapGet("/status", Read)
        .WithTags("Status")
        .WithName("readStatus")
        .WithSummary("Whether users are served, and all that the balancer depends on.")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static Ok<StatusView> Read(
        BalancerStatus status, [FromQuery, Description("Only this cluster; all without.")] string? cluster) =>
        TypedResults.Ok(status.Read(cluster));
}
