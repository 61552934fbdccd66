using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Identity;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Replaces YARP's load balancing for ring clusters: finds the user id, and places the request as a handshake or as a
/// plain request. Requests of other clusters are not changed.
/// </summary>
/// <remarks>If the application names the user, no id is read from the request.</remarks>
internal sealed class PlacementMiddleware(
    RequestDelegate next,
    FleetRegistry fleet,
    RequestIntake intake,
    HandshakeAttempts handshakes,
    RequestPlacement requests,
    Rejecter rejecter,
    ProblemResponse answer,
    IUserKeySource? application = null)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (fleet.Find(context.GetReverseProxyFeature().Cluster.Config.ClusterId) is not { } cluster)
        {
            return next(context);
        }

        if (intake.Take(context, cluster.Id, out var isHandshake) is { } refused)
        {
            return rejecter.RejectAsync(context, cluster, refused);
        }

        var identity = cluster.Current.Settings.Get<UserIdentity>();
        var user = UserId.Of(application?.FindUser(context));
        user = user == default ? identity.Key.Find(context) : user;
        if (user.TooLong)
        {
            return rejecter.RejectAsync(context, cluster, Rejection.UserTooLong);
        }

        // Plain requests get the cookie, too: a client that negotiates first opens its WebSocket with the cookie of the
        // negotiation.
        var value = user.Value ?? identity.Cookie?.Issue(context);
        if (!isHandshake)
        {
            return CompleteAsync(context, requests.RunAsync(context, cluster, value, next));
        }

        return value is null && identity.OnMissing == OnMissingUserKey.Reject
            ? rejecter.RejectAsync(context, cluster, Rejection.NoUser)
            : CompleteAsync(context, handshakes.RunAsync(context, cluster, value, next));
    }

    // An error of YARP's own forwarder has a status and no body.
    private async Task CompleteAsync(HttpContext context, Task placed)
    {
        await placed;
        await answer.CompleteAsync(context);
    }
}
