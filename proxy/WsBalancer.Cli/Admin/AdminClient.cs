using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admin.Changes;
using WsBalancer.Proxy.Admin.Clusters;
using WsBalancer.Proxy.Admin.OpenTunnels;
using WsBalancer.Proxy.Admin.Status;

namespace WsBalancer.Cli.Admin;

/// <summary>
/// Calls a balancer's admin API. Every failure is a <see cref="CommandFailure"/> with a clear sentence.
/// </summary>
internal sealed class AdminClient(AdminSettings settings, TimeSpan? timeout = null) : IDisposable
{
    // Longer than for other calls: the balancer builds the ring of every cluster that changes.
    private static readonly TimeSpan ReloadTimeout = TimeSpan.FromMinutes(1);

    private readonly AdminConnection _connection = new(settings, timeout ?? AdminConnection.DefaultTimeout);

    /// <summary>The calls for one cluster.</summary>
    public ClusterClient In(string cluster) => new(_connection, cluster);

    public Task<Answer<ClusterView[]>> ListClustersAsync(CancellationToken cancellation) =>
        _connection.GetAsync("api/v1/clusters", AdminJson.Default.ClusterViewArray, cancellation);

    /// <param name="cluster">Only this cluster; null for all.</param>
    /// <param name="cancellation">Cancels the call.</param>
    public Task<Answer<StatusView>> ReadStatusAsync(string? cluster, CancellationToken cancellation) =>
        _connection.GetAsync(
            $"api/v1/status{new QueryText().With("cluster", cluster)}", AdminJson.Default.StatusView, cancellation);

    public Task<Answer<BalancersView>> ReadBalancersAsync(CancellationToken cancellation) =>
        _connection.GetAsync("api/v1/balancers", AdminJson.Default.BalancersView, cancellation);

    /// <summary>The configuration that was applied last, by key, without secrets.</summary>
    public Task<Answer<IReadOnlyDictionary<string, string>>> ReadConfigurationAsync(CancellationToken cancellation) =>
        _connection.GetAsync(
            "api/v1/configuration", AdminJson.Default.IReadOnlyDictionaryStringString, cancellation);

    public Task<Answer<OwnerView>> FindOwnerAsync(string cluster, string user, CancellationToken cancellation) =>
        In(cluster).FindOwnerAsync(user, cancellation);

    public Task<Answer<DisconnectView>> DisconnectTunnelAsync(
        string tunnel, int? closeCode, CancellationToken cancellation)
    {
        var query = new QueryText().With("closeCode", closeCode);
        var call = new AdminCall(HttpMethod.Delete, $"api/v1/tunnels/{Uri.EscapeDataString(tunnel)}{query}");
        return _connection.CallAsync(call, AdminJson.Default.DisconnectView, cancellation);
    }

    /// <summary>A scrape of the metrics in the text format of Prometheus.</summary>
    public Task<string> ReadMetricsAsync(CancellationToken cancellation) =>
        _connection.ReadTextAsync("metrics", cancellation);

    public Task<Answer<ReloadView>> ReloadAsync(bool force, CancellationToken cancellation)
    {
        var query = new QueryText().With("force", force);
        var call = new AdminCall(HttpMethod.Post, $"api/v1/reload{query}") { Timeout = ReloadTimeout };
        return _connection.CallAsync(call, AdminJson.Default.ReloadView, cancellation);
    }

    /// <summary>Opens the stream of events (server-sent events).</summary>
    /// <param name="lastEventId">
    /// The id of the last received event, after which the stream begins; null for none.
    /// </param>
    /// <param name="since">
    /// The time from which past events are sent; null for none, or for all if <paramref name="follow"/> is false.
    /// </param>
    /// <param name="follow">Whether the stream continues with new events after the past ones.</param>
    /// <param name="cancellation">Cancels the call.</param>
    public Task<Stream> OpenEventsAsync(
        string? lastEventId, string? since, bool follow, CancellationToken cancellation)
    {
        var query = new QueryText().With("since", since).With("follow", follow ? null : "false");
        return _connection.OpenAsync($"api/v1/events{query}", "text/event-stream", lastEventId, cancellation);
    }

    public void Dispose() => _connection.Dispose();
}
