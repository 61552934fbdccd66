using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.Sockets;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Resets clients that do not read the last bytes of their tunnel. After the tunnel is over, the server would wait for
/// these clients without a limit, and no metric would count them.
/// </summary>
internal static class UnreadClientReset
{
    private const int Http2Cancel = 0x8;

    /// <summary>Called when the tunnel is over, while its request still runs.</summary>
    /// <param name="context">The request of the tunnel.</param>
    /// <param name="ignoredClose">Whether the client did not answer a Close frame within the close timeout.</param>
    /// <param name="timeout">How long a client of HTTP/1.1 has before it is reset.</param>
    /// <param name="time">The clock of that time.</param>
    public static void ResetAfter(HttpContext context, bool ignoredClose, TimeSpan timeout, TimeProvider time)
    {
        // On HTTP/2 the connection is shared with other streams. The server drops a stream some seconds after its
        // request without RST_STREAM, so for the client the stream never ends. A client that did not answer the Close
        // frame is therefore reset now: later the server may use the feature for another request.
        if (!HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            if (ignoredClose)
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
            static connection => CallbackState.Of<IConnectionLifetimeFeature>(connection).Abort(),
            connection,
            timeout,
            Timeout.InfiniteTimeSpan);
        connection.ConnectionClosed.UnsafeRegister(static timer => CallbackState.Of<ITimer>(timer).Dispose(), timer);
    }
}
