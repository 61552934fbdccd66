using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin;

/// <summary>What the API tells of clusters and of users in them.</summary>
internal static class ClusterEndpoints
{
    public static void MapClusters(this IEndpointRouteBuilder admin)
    {
        var clusters = admin.MapGroup("/api/v1/clusters").WithTags("Clusters");
        clusters.MapGet("/", List).WithSummary("Every cluster that the ring places, with its nodes.");
        clusters.MapGet("/{cluster}/owner", Owner)
            .WithSummary("Where a user belongs, where a new tunnel would go, and why.");
    }

    private static Ok<ClusterView[]> List(FleetRegistry fleet, TunnelRegistry tunnels) =>
        TypedResults.Ok(fleet.Clusters.Select(cluster => ClusterView.Of(cluster, tunnels)).ToArray());

    private static Results<Ok<OwnerView>, ProblemHttpResult> Owner(
        string cluster, string? user, FleetRegistry fleet, TunnelRegistry tunnels, IAdmission admission)
    {
        if (fleet.Find(cluster) is not { } found)
        {
            var known = string.Join(", ", fleet.Clusters.Select(other => $"'{other.Id}'"));
            return TypedResults.Problem(
                $"There is no cluster '{cluster}'; known: {(known.Length == 0 ? "none" : known)}.",
                statusCode: StatusCodes.Status404NotFound);
        }

        if (string.IsNullOrEmpty(user) || Encoding.UTF8.GetByteCount(user) > UserId.MaxBytes)
        {
            var mistake = string.IsNullOrEmpty(user) ? "missing" : "too long";
            return TypedResults.Problem(
                $"'user' is {mistake}: expected 1 to {UserId.MaxBytes} bytes.",
                statusCode: StatusCodes.Status400BadRequest);
        }

        return TypedResults.Ok(OwnerView.Of(found, tunnels, admission, user));
    }
}
