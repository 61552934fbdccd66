using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Clients that do not take what they were sent. The server would wait for them without end after the tunnel is over,
/// unseen by every count; they get as long as a Close may take, then they are reset.
/// </summary>
internal static class LeftBehind
{
    private const int Http2Cancel = 0x8;

    /// <summary>Called when the tunnel is over, while its request still runs.</summary>
    /// <param name="context">The request.</param>
    /// <param name="hadItsTime">Whether the client has been waited for already.</param>
    /// <param name="patience">How long it has otherwise.</param>
    /// <param name="time">The clock.</param>
    public static void ResetAfter(HttpContext context, bool hadItsTime, TimeSpan patience, TimeProvider time)
    {
        // On HTTP/2 the connection is shared with other streams. The server forgets a stream some seconds after its
        // request, without a word: for its client it never ends. So a client that did not even answer is told now;
        // later the server may have another request on it.
        if (!HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            if (hadItsTime)
            {
                context.Features.Get<IHttpResetFeature>()?.Reset(Http2Cancel);
            }

            return;
        }

        if (context.Features.Get<IConnectionLifetimeFeature>() is not { } connection)
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
