using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Admin.Callers;
using WsBalancer.Proxy.Admin.Changes;
using WsBalancer.Proxy.Admin.Clusters;
using WsBalancer.Proxy.Admin.Events;
using WsBalancer.Proxy.Admin.Moves;
using WsBalancer.Proxy.Admin.OpenTunnels;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Admin.Status;

namespace WsBalancer.Proxy.Admin;

/// <summary>The calls of the admin API, and what they have in common.</summary>
internal static class AdminApi
{
    public static void MapApi(this IEndpointRouteBuilder admin)
    {
        var api = admin.MapGroup("/api/v1")
            .AddEndpointFilter<RouteGroupBuilder, RefusalFilter>()
            .AddEndpointFilter<RouteGroupBuilder, CallerFilter>()
            .AddEndpointFilterFactory(QueryNames.Check)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        api.MapStatus();
        api.MapClusters();
        api.MapEvents();
        api.MapDisconnect();
        api.MapReload();

        var cluster = api.MapGroup("/clusters/{cluster}").ProducesProblem(StatusCodes.Status404NotFound);
        cluster.MapOwner();
        cluster.MapNodes();
        cluster.MapPlan();
        cluster.MapBlend();
        cluster.MapDrain();
        cluster.MapRebalance();
        cluster.MapTunnels();
        cluster.MapDisconnects();
    }

    /// <summary>
    /// Declares the errors of a call that changes something: a missing right, a conflict, a stale epoch, a failed
    /// write.
    /// </summary>
    public static RouteHandlerBuilder AsChange(this RouteHandlerBuilder call) => call
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status500InternalServerError);

    /// <summary>Declares the body of a call, and the errors that the body can cause.</summary>
    public static RouteHandlerBuilder WithBody<T>(this RouteHandlerBuilder call)
        where T : class, new() => call
        .Accepts<T>(isOptional: RequiredFields.Missing(new T()) is null, "application/json")
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
}
