using System.Net;
using System.Net.Sockets;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.ProxyProtocol;
using WsBalancer.Sockets.Tcp;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Health;

/// <summary>Probes a node once: a TCP connect, or an HTTP request through the cluster's own client.</summary>
internal sealed class NodeProbe(NodeDialer dialer, ProbeMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);

    public static TimeSpan IntervalOf(FleetSnapshot cluster) =>
        cluster.Settings.Get<HealthOptions>().Interval ?? ActiveOf(cluster)?.Interval ?? DefaultInterval;

    public async Task<ProbeOutcome> RunAsync(FleetSnapshot cluster, Node node, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        var outcome = await ProbeAsync(cluster, node, cancellation);
        metrics.Probed(node, outcome.Kind, time.GetElapsedTime(begun));
        return outcome;
    }

    private static bool UsesHttp(HealthOptions options, ActiveHealthCheckConfig? active) => options.Probe switch
    {
        ProbeKind.Auto => !string.IsNullOrEmpty(active?.Path),
        ProbeKind.Http => true,
        _ => false,
    };

    private static ActiveHealthCheckConfig? ActiveOf(FleetSnapshot cluster) => cluster.Yarp.Config.HealthCheck?.Active;

    private async Task<ProbeOutcome> ProbeAsync(FleetSnapshot cluster, Node node, CancellationToken cancellation)
    {
        var options = cluster.Settings.Get<HealthOptions>();
        var timeout = options.Timeout ?? ActiveOf(cluster)?.Timeout ?? DefaultTimeout;
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            return UsesHttp(options, ActiveOf(cluster))
                ? await GetAsync(cluster, node, either.Token)
                : await ConnectAsync(cluster, node, timeout, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ProbeOutcome(ProbeFinding.Failed, $"no answer to a probe within {timeout.TotalSeconds:0.##} s");
        }
        catch (Exception ex) when (ex is SocketException or HttpRequestException or IOException)
        {
            var finding = LocalFault.Is(ex) ? ProbeFinding.OwnFault : ProbeFinding.Failed;
            return new ProbeOutcome(finding, $"a probe failed ({ex.GetBaseException().Message})");
        }
    }

    private async Task<ProbeOutcome> ConnectAsync(
        FleetSnapshot cluster, Node node, TimeSpan timeout, CancellationToken cancellation)
    {
        var address = ProbedAddress(node);
        using var socket = await dialer.ConnectAsync(address.IdnHost, address.Port, timeout, null, cancellation);

        // A node that expects a PROXY header logs a connection without one as an error.
        var version = cluster.Settings.Get<NodeConnectionOptions>().ProxyProtocol;
        if (version != ProxyProtocolVersion.Off)
        {
            var header = new byte[ProxyHeader.MaxLength];
            await socket.SendAsync(header.AsMemory(0, ProxyHeader.Write(header, version, client: null)), cancellation);
        }

        // RST, not FIN: otherwise probes leave thousands of sockets in TIME_WAIT.
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        return new ProbeOutcome(ProbeFinding.Succeeded, "a probe connected");
    }

    private static async Task<ProbeOutcome> GetAsync(FleetSnapshot cluster, Node node, CancellationToken cancellation)
    {
        using var request = RequestTo(cluster, node);
        using var response = await cluster.Yarp.HttpClient.SendAsync(request, cancellation);
        if (DrainAnnouncement.IsIn(response))
        {
            return new ProbeOutcome(ProbeFinding.Draining, "a probe was answered with draining", IsHttp: true);
        }

        return new ProbeOutcome(
            response.IsSuccessStatusCode ? ProbeFinding.Succeeded : ProbeFinding.Failed,
            $"a probe was answered with {(int)response.StatusCode}",
            IsHttp: true);
    }

    // The request of YARP's probes: below the path of the address, the destination's Host, the cluster's HTTP version.
    private static HttpRequestMessage RequestTo(FleetSnapshot cluster, Node node)
    {
        var active = ActiveOf(cluster);
        var uri = new UriBuilder(ProbedAddress(node)) { Query = active?.Query ?? "" };
        uri.Path = $"{uri.Path.TrimEnd('/')}/{active?.Path?.TrimStart('/')}";
        var http = cluster.Yarp.Config.HttpRequest;
        return new HttpRequestMessage(HttpMethod.Get, uri.Uri)
        {
            Version = http?.Version ?? HttpVersion.Version11,
            VersionPolicy = http?.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
            Headers = { ConnectionClose = true, Host = node.Destination.Model.Config.Host },
        };
    }

    private static Uri ProbedAddress(Node node)
    {
        var config = node.Destination.Model.Config;
        return new Uri(string.IsNullOrEmpty(config.Health) ? config.Address : config.Health);
    }
}
