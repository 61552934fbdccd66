using System.ComponentModel;
using System.Net;
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
    private const string ExpectedClient = "an address or a network, such as 10.1.2.3 or 10.0.0.0/8";
    private const string ExpectedOrder = "age, idle or bytes (default age)";
    private const string ExpectedLimit = "a whole number from 1 to 10000 (default 50)";

    public static void MapTunnels(this IEndpointRouteBuilder cluster) => cluster.MapGet("/tunnels", List)
        .WithTags("Tunnels")
        .WithName("listTunnels")
        .WithSummary("The open tunnels of this balancer, the oldest first unless sorted.");

    private static Ok<TunnelView[]> List(
        string cluster,
        FleetRegistry fleet,
        TunnelRegistry tunnels,
        [FromQuery, Description("Whose.")] string? user,
        [FromQuery, Description("To which node.")] string? node,
        [FromQuery, Description(QueryText.ExpectedAge)] string? olderThanSeconds,
        [FromQuery, Description(ExpectedClient)] string? client,
        [FromQuery, Description(ExpectedOrder)] string? sort,
        [FromQuery, Description(ExpectedLimit)] string? limit)
    {
        var found = fleet.Get(cluster);
        var filter = new TunnelFilter(
            user is null ? null : QueryText.User(user),
            node is null ? null : FleetPlanner.NodeOf(found, node),
            QueryText.Age(nameof(olderThanSeconds), olderThanSeconds),
            client is null ? null : NetworkOf(client),
            OrderOf(sort),
            QueryText.Whole(nameof(limit), limit, count => count is > 0 and <= TunnelFilter.MaxLimit, ExpectedLimit)
                ?? TunnelFilter.DefaultLimit);
        var snapshot = found.Current;
        return TypedResults.Ok(filter.In(found, tunnels).Select(tunnel => TunnelView.From(tunnel, snapshot)).ToArray());
    }

    private static IPNetwork NetworkOf(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(text, out var network)
            ? network
            : throw QueryText.Wrong("client", text, ExpectedClient);
    }

    private static TunnelOrder OrderOf(string? text) => text switch
    {
        null or "age" => TunnelOrder.Age,
        "idle" => TunnelOrder.Idle,
        "bytes" => TunnelOrder.Bytes,
        _ => throw QueryText.Wrong("sort", text, ExpectedOrder),
    };
}
