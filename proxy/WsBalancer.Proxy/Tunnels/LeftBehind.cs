using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Clients that do not take what they were sent. The server would wait for them without end after the tunnel is over,
/// unseen by every count; they get as long as a Close may take, then their connection is reset.
/// </summary>
internal static class LeftBehind
{
    public static void ResetAfter(HttpContext context, TimeSpan patience, TimeProvider time)
    {
        // On HTTP/2 the connection is shared with other streams, and its server bounds each of them.
        var connection = context.Features.Get<IConnectionLifetimeFeature>();
        if (connection is null || !HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            return;
        }

        var timer = time.CreateTimer(
            static connection => ((IConnectionLifetimeFeature)connection!).Abort(),
            connection,
            patience,
            Timeout.InfiniteTimeSpan);
        connection.ConnectionClosed.UnsafeRegister(static timer => ((ITimer)timer!).Dispose(), timer);
    }
}
