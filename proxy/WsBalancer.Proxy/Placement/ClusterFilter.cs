using System.Net;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.State;
using WsBalancer.Sockets.ProxyProtocol;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>Prepares YARP's configuration of ring clusters, and refuses nodes that the ring cannot hold.</summary>
internal sealed class ClusterFilter(IClusterSettingsSource settings, FleetLosses losses) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        if (!settings.Current.TryGetValue(cluster.ClusterId, out var ours))
        {
            return new(cluster);
        }

        var mistakes = MistakesIn(cluster, ours).Select(mistake => mistake.Message).ToList();
        if (losses.OfNodes(cluster.ClusterId, cluster.Destinations?.Keys ?? []) is { } loss)
        {
            mistakes.Add($"{loss}. Remove the nodes one by one, or restart.");
        }

        if (mistakes.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", mistakes));
        }

        return new(cluster with
        {
            HttpRequest = WithDefaults(cluster.HttpRequest, ours.Get<RequestOptions>()),
            HealthCheck = Unchecked(cluster),
        });
    }

    public ValueTask<RouteConfig> ConfigureRouteAsync(
        RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) =>
        route.ClusterId is { } id && settings.Current.ContainsKey(id) && route.Match.Hosts is { Count: > 0 } hosts
            ? new(route with { Match = route.Match with { Hosts = [.. hosts.SelectMany(SpellingsOf)] } })
            : new(route);

    /// <summary>The conflicts between YARP's configuration of a cluster and the balancer's.</summary>
    public static IEnumerable<SettingsError> MistakesIn(ClusterConfig cluster, ClusterSettings ours)
    {
        var path = $"ReverseProxy:Clusters:{cluster.ClusterId}";
        var nodes = cluster.Destinations ?? new Dictionary<string, DestinationConfig>();
        if (cluster.SessionAffinity is { Enabled: true })
        {
            yield return new SettingsError(
                $"{path}:SessionAffinity",
                $"{path}:SessionAffinity: the ring pins users by their id; expected no session affinity beside it.");
        }

        if (ours.Get<NodeConnectionOptions>().ProxyProtocol != ProxyProtocolVersion.Off && SharesConnections(cluster))
        {
            yield return new SettingsError(
                path,
                $"{path}: a PROXY header announces one client, and here connections to nodes are shared "
                + "(HttpRequest:Version 2 or higher, a VersionPolicy that allows it, or HttpClient:WebProxy); "
                + $"expected WsBalancer:Clusters:{cluster.ClusterId}:ProxyProtocol to be off.");
        }

        foreach (var mistake in nodes.SelectMany(node => MistakesIn($"{path}:Destinations:{node.Key}", node)))
        {
            yield return mistake;
        }

        foreach (var mistake in RingMembers.MistakesIn(cluster.ClusterId, nodes, ours.Get<RingSettings>()))
        {
            yield return mistake;
        }
    }

    private static IEnumerable<SettingsError> MistakesIn(string key, KeyValuePair<string, DestinationConfig> node)
    {
        if (!NodeBounds.IsId(node.Key))
        {
            yield return new SettingsError(key, $"{key}: a node id has {NodeBounds.ExpectedId}.");
        }

        if (!NodeBounds.IsAddress(node.Value.Address))
        {
            yield return new SettingsError(
                $"{key}:Address", $"{key}:Address is '{node.Value.Address}': expected {NodeBounds.ExpectedAddress}.");
        }

        if (!string.IsNullOrEmpty(node.Value.Health) && !NodeBounds.IsAddress(node.Value.Health))
        {
            yield return new SettingsError(
                $"{key}:Health", $"{key}:Health is '{node.Value.Health}': expected {NodeBounds.ExpectedAddress}.");
        }
    }

    // A name with a dot at its end is the same name; routing compares the text.
    private static IEnumerable<string> SpellingsOf(string host)
    {
        yield return host;
        var colon = host.LastIndexOf(':');
        var name = colon < 0 ? host : host[..colon];
        if (name is not ("" or "*" or [.., '.' or ']']))
        {
            yield return $"{name}.{host[name.Length..]}";
        }
    }

    private static bool SharesConnections(ClusterConfig cluster) =>
        cluster is { HttpRequest.Version.Major: > 1 }
            or { HttpRequest.VersionPolicy: HttpVersionPolicy.RequestVersionOrHigher }
            or { HttpClient.WebProxy: not null };

    // YARP's defaults try HTTP/2 on https addresses first, to which nodes without RFC 8441 respond with 404, and end a
    // request after 100 s of silence.
    private static ForwarderRequestConfig WithDefaults(ForwarderRequestConfig? request, RequestOptions ours) =>
        (request ?? ForwarderRequestConfig.Empty) with
        {
            Version = request?.Version ?? HttpVersion.Version11,
            ActivityTimeout = request?.ActivityTimeout ?? ours.IdleTimeout ?? Timeout.InfiniteTimeSpan,
        };

    // The balancer judges the health of ring clusters, with the settings of YARP's active checks; YARP itself must not
    // probe.
    private static HealthCheckConfig? Unchecked(ClusterConfig cluster) =>
        cluster.HealthCheck is null
            ? null
            : cluster.HealthCheck with
            {
                Active = cluster.HealthCheck.Active is { } active ? active with { Enabled = false } : null,
                Passive = cluster.HealthCheck.Passive is { } passive ? passive with { Enabled = false } : null,
            };
}
