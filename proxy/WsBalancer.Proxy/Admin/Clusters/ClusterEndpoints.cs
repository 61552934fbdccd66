using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin.Clusters;

/// <summary>The calls for clusters, and for the placement of users.</summary>
internal static class ClusterEndpoints
{
    public static void MapClusters(this IEndpointRouteBuilder api) => api.MapGet("/clusters", List)
        .WithTags("Clusters")
        .WithName("listClusters")
        .WithSummary("Every cluster that the ring places, with its nodes.");

    public static void MapOwner(this IEndpointRouteBuilder cluster) => cluster.MapGet("/owner", Owner)
        .WithTags("Clusters")
        .WithName("findOwner")
        .WithSummary("The home of a user, the node of a new tunnel, and why.");

    private static Ok<ClusterView[]> List(
        FleetRegistry fleet,
        TunnelRegistry tunnels,
        PeerReports peers,
        BadRecords bad,
        [FromQuery, Description(Scope.Expected)] string? scope)
    {
        var isFleet = Scope.IsFleet(scope);
        var problems = bad.All;
        return TypedResults.Ok(fleet.Clusters
            .Select(cluster => ClusterView.From(
                cluster, tunnels, peers.OthersIn(cluster.Id, isFleet), ProblemView.In(cluster.Id, problems)))
            .ToArray());
    }

    private static Ok<OwnerView> Owner(
        string cluster,
        FleetRegistry fleet,
        TunnelRegistry tunnels,
        AdmissionControl admission,
        [FromQuery, Description("The user id, percent-encoded once.")] string? user) =>
        TypedResults.Ok(OwnerView.From(fleet.Get(cluster), tunnels, admission, QueryText.User(user)));
}
