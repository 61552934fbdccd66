using Yarp.ReverseProxy.Transforms;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// Removes the headers that the client's Connection header names: they are for the balancer only (RFC 9110 §7.6.1).
/// </summary>
/// <remarks>
/// YARP removes only the well-known ones. Without <c>UseWsBalancerRequests</c> Kestrel replaces a Connection header
/// with <c>keep-alive</c> or <c>Upgrade</c> by that option, and other names in it stay. A client must not be able to
/// remove headers that the node relies on: those of the handshake, of framing and of forwarding are kept in any case.
/// </remarks>
internal sealed class HopByHopTransform : RequestTransform
{
    // Keep-Alive in Connection is usually an option and not the name of a header to remove; YARP removes that header
    // already.
    private static readonly string[] ProtectedNames =
        ["Host", "Upgrade", "X-Real-IP", "Content-Length", "Transfer-Encoding", "Keep-Alive", "Forwarded"];

    private static readonly string[] ProtectedPrefixes = ["Sec-WebSocket-", "X-Forwarded-"];

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        foreach (var line in context.HttpContext.Request.Headers.Connection)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var name = line.AsSpan(range).Trim();
                if (!name.IsEmpty && !IsProtected(name))
                {
                    Remove(context, name.ToString());
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    // RemoveHeader throws for a text that cannot be the name of a header; Contains does not.
    private static void Remove(RequestTransformContext context, string name)
    {
        var request = context.ProxyRequest;
        if (request.Headers.NonValidated.Contains(name)
            || request.Content?.Headers.NonValidated.Contains(name) is true)
        {
            RemoveHeader(context, name);
        }
    }

    private static bool IsProtected(ReadOnlySpan<char> name)
    {
        foreach (var known in ProtectedNames)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        foreach (var prefix in ProtectedPrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
