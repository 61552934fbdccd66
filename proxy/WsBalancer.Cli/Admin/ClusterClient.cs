using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admin.Changes;
using WsBalancer.Proxy.Admin.Clusters;
using WsBalancer.Proxy.Admin.Moves;
using WsBalancer.Proxy.Admin.OpenTunnels;

namespace WsBalancer.Cli.Admin;

/// <summary>The calls of the admin API for one cluster.</summary>
internal sealed class ClusterClient(AdminConnection connection, string cluster)
{
    public string Id => cluster;

    private readonly string _path = $"api/v1/clusters/{Uri.EscapeDataString(cluster)}";

    public Task<Answer<OwnerView>> FindOwnerAsync(string user, CancellationToken cancellation) => connection.GetAsync(
        $"{_path}/owner{new QueryText().With("user", user)}", AdminJson.Default.OwnerView, cancellation);

    /// <summary>Reads what a change would move, without making the change.</summary>
    public Task<Answer<PlanView>> PlanAsync(PlanBody change, CancellationToken cancellation) => connection.CallAsync(
        new AdminCall(HttpMethod.Post, $"{_path}/plan", Json(change, AdminJson.Default.PlanBody)),
        AdminJson.Default.PlanView,
        cancellation);

    public Task<Answer<ChangeView>> AddAsync(NodeBody node, long ifEpoch, CancellationToken cancellation) =>
        ChangeAsync(
            new AdminCall(HttpMethod.Post, $"{_path}/nodes", Json(node, AdminJson.Default.NodeBody), ifEpoch),
            cancellation);

    public Task<Answer<ChangeView>> RemoveAsync(
        string node, bool drain, bool force, long ifEpoch, CancellationToken cancellation)
    {
        var query = new QueryText().With("drain", drain).With("force", force);
        return ChangeAsync(
            new AdminCall(HttpMethod.Delete, $"{PathOf(node)}{query}", IfEpoch: ifEpoch), cancellation);
    }

    public Task<Answer<ChangeView>> ReweighAsync(
        string node, int weight, long ifEpoch, CancellationToken cancellation)
    {
        var body = Json(new WeightBody { Weight = weight }, AdminJson.Default.WeightBody);
        return ChangeAsync(new AdminCall(HttpMethod.Patch, PathOf(node), body, ifEpoch), cancellation);
    }

    /// <summary>The blend in force.</summary>
    public Task<Answer<BlendView>> ReadBlendAsync(CancellationToken cancellation) =>
        connection.GetAsync($"{_path}/blend", AdminJson.Default.BlendView, cancellation);

    /// <summary>Reads what a step of a blend would move, without making the step.</summary>
    public Task<Answer<BlendView>> PlanBlendAsync(string to, double share, CancellationToken cancellation) =>
        connection.GetAsync(
            $"{_path}/blend{new QueryText().With("to", to).With("share", share)}",
            AdminJson.Default.BlendView,
            cancellation);

    public Task<Answer<BlendChangeView>> BlendAsync(
        string to, double share, long ifEpoch, CancellationToken cancellation)
    {
        var body = Json(new BlendBody { To = to, Share = share }, AdminJson.Default.BlendBody);
        return connection.CallAsync(
            new AdminCall(HttpMethod.Post, $"{_path}/blend", body, ifEpoch),
            AdminJson.Default.BlendChangeView,
            cancellation);
    }

    public Task<Answer<DrainStatusView>> BeginDrainAsync(
        string node, DrainBody body, CancellationToken cancellation) =>
        DrainOfAsync(HttpMethod.Post, node, body.ToJson(), cancellation);

    public Task<Answer<DrainStatusView>> ReadDrainAsync(string node, CancellationToken cancellation) =>
        DrainOfAsync(HttpMethod.Get, node, body: null, cancellation);

    /// <summary>
    /// The drain of a node; null if the node is not in the fleet: a removed node leaves with its last tunnel.
    /// </summary>
    public async Task<Answer<DrainStatusView>?> FindDrainAsync(string node, CancellationToken cancellation)
    {
        try
        {
            return await ReadDrainAsync(node, cancellation);
        }
        catch (CommandFailure failure) when (failure.Status is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public Task<Answer<DrainStatusView>> ResumeAsync(string node, CancellationToken cancellation) =>
        DrainOfAsync(HttpMethod.Delete, node, body: null, cancellation);

    public Task<Answer<RebalanceStatusView>> BeginRebalanceAsync(
        double? ratePerSecond, CancellationToken cancellation)
    {
        var body = Json(new RebalanceBody { RatePerSecond = ratePerSecond }, AdminJson.Default.RebalanceBody);
        return RebalanceOfAsync(HttpMethod.Post, body, cancellation);
    }

    public Task<Answer<RebalanceStatusView>> ReadRebalanceAsync(CancellationToken cancellation) =>
        RebalanceOfAsync(HttpMethod.Get, body: null, cancellation);

    public Task<Answer<RebalanceStatusView>> PauseRebalanceAsync(bool paused, CancellationToken cancellation) =>
        RebalanceOfAsync(
            HttpMethod.Patch, Json(new PauseBody { Paused = paused }, AdminJson.Default.PauseBody), cancellation);

    public Task<Answer<RebalanceStatusView>> CancelRebalanceAsync(CancellationToken cancellation) =>
        RebalanceOfAsync(HttpMethod.Delete, body: null, cancellation);

    public Task<Answer<TunnelView[]>> ListTunnelsAsync(TunnelQuery tunnels, CancellationToken cancellation)
    {
        var query = new QueryText()
            .With("user", tunnels.User)
            .With("node", tunnels.Node)
            .With("olderThanSeconds", tunnels.OlderThan?.TotalSeconds)
            .With("client", tunnels.Client)
            .With("sort", tunnels.Sort)
            .With("limit", tunnels.Limit);
        return connection.GetAsync($"{_path}/tunnels{query}", AdminJson.Default.TunnelViewArray, cancellation);
    }

    public Task<Answer<DisconnectView>> DisconnectAsync(
        TunnelQuery tunnels, int? closeCode, CancellationToken cancellation)
    {
        var query = new QueryText()
            .With("user", tunnels.User)
            .With("node", tunnels.Node)
            .With("olderThanSeconds", tunnels.OlderThan?.TotalSeconds)
            .With("closeCode", closeCode);
        return connection.CallAsync(
            new AdminCall(HttpMethod.Delete, $"{_path}/tunnels{query}"),
            AdminJson.Default.DisconnectView,
            cancellation);
    }

    private static string Json<T>(T body, JsonTypeInfo<T> type) => JsonSerializer.Serialize(body, type);

    private string PathOf(string node) => $"{_path}/nodes/{Uri.EscapeDataString(node)}";

    private Task<Answer<ChangeView>> ChangeAsync(AdminCall call, CancellationToken cancellation) =>
        connection.CallAsync(call, AdminJson.Default.ChangeView, cancellation);

    private Task<Answer<DrainStatusView>> DrainOfAsync(
        HttpMethod method, string node, string? body, CancellationToken cancellation) => connection.CallAsync(
            new AdminCall(method, $"{PathOf(node)}/drain", body), AdminJson.Default.DrainStatusView, cancellation);

    private Task<Answer<RebalanceStatusView>> RebalanceOfAsync(
        HttpMethod method, string? body, CancellationToken cancellation) => connection.CallAsync(
            new AdminCall(method, $"{_path}/rebalance", body), AdminJson.Default.RebalanceStatusView, cancellation);
}
