using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admin.OpenTunnels;

/// <summary>Shows the open tunnels of this balancer.</summary>
internal static class TunnelEndpoints
{
    private const string ExpectedAge = "a number of seconds, 0 or more";
    private const string ExpectedLimit = "a whole number from 1 to 10000 (default 50)";

    public static void MapTunnels(this IEndpointRouteBuilder cluster) => cluster.MapGet("/tunnels", List)
        .WithTags("Tunnels")
        .WithName("listTunnels")
        .WithSummary("The open tunnels of this balancer, the oldest first.");

    private static Ok<TunnelView[]> List(
        string cluster,
        FleetRegistry fleet,
        TunnelRegistry tunnels,
        [FromQuery, Description("Whose.")] string? user,
        [FromQuery, Description("To which node.")] string? node,
        [FromQuery, Description(ExpectedAge)] string? olderThanSeconds,
        [FromQuery, Description(ExpectedLimit)] string? limit)
    {
        var found = fleet.Get(cluster);
        var filter = new TunnelFilter(
            user is null ? null : QueryText.User(user),
            node is null ? null : FleetPlanner.NodeOf(found, node),
            QueryText.Number(nameof(olderThanSeconds), olderThanSeconds, seconds => seconds >= 0, ExpectedAge),
            QueryText.Whole(nameof(limit), limit, count => count is > 0 and <= TunnelFilter.MostLimit, ExpectedLimit)
                ?? TunnelFilter.DefaultLimit);
        var snapshot = found.Current;
        return TypedResults.Ok(filter.In(found, tunnels).Select(tunnel => TunnelView.Of(tunnel, snapshot)).ToArray());
    }
}
