using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Identity;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// In the place of YARP's load balancing: finds the user id, and gives the request to the one that tries nodes for its
/// kind. Clusters that the ring does not place pass untouched.
/// </summary>
internal sealed class PlacementMiddleware(
    RequestDelegate next,
    FleetRegistry fleet,
    RequestIntake intake,
    HandshakePlacement handshakes,
    RequestPlacement requests,
    Rejecter rejecter)
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
        var user = identity.Key.Find(context);
        if (user.TooLong)
        {
            return rejecter.RejectAsync(context, cluster, Rejection.UserTooLong);
        }

        if (!isHandshake)
        {
            return requests.RunAsync(context, cluster, user.Value, next);
        }

        if (user.Value is null && identity.OnMissing == OnMissingUserKey.Reject)
        {
            return rejecter.RejectAsync(context, cluster, Rejection.NoUser);
        }

        var value = user.Value is null && identity.OnMissing == OnMissingUserKey.Cookie
            ? IssuedUserCookie.Issue(context, identity.CookieName!)
            : user.Value;
        return handshakes.RunAsync(context, cluster, value, next);
    }
}
