using System.Net;

namespace WsBalancer.Proxy.Health;

/// <summary>The HTTP response of a node that drains: 503 with <c>X-WsBalancer-State: draining</c>.</summary>
internal static class DrainAnnouncement
{
    public const string Header = "X-WsBalancer-State";

    public static bool IsIn(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.ServiceUnavailable
        && response.Headers.TryGetValues(Header, out var values)
        && values.Any(value => string.Equals(value.Trim(), "draining", StringComparison.OrdinalIgnoreCase));
}
