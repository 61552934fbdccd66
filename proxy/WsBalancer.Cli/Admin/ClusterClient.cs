using System.Net;
using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Admin;

/// <summary>The calls of the admin API for one cluster.</summary>
internal sealed class ClusterClient(AdminConnection connection, string cluster)
{
    public string Id => cluster;

    private readonly string _path = $"api/v1/clusters/{Uri.EscapeDataString(cluster)}";

    public Task<Answer<OwnerAnswer>> FindOwnerAsync(string user, CancellationToken cancellation) => connection.GetAsync(
        $"{_path}/owner{new QueryText().With("user", user)}", AdminJson.Default.OwnerAnswer, cancellation);

    /// <summary>Reads what a change would move, without making the change.</summary>
    public Task<Answer<PlanAnswer>> PlanAsync(FleetChange change, CancellationToken cancellation) =>
        PlanOfAsync(new AdminCall(HttpMethod.Post, $"{_path}/plan", change.ToJson()), cancellation);

    public Task<Answer<PlanAnswer>> AddAsync(NodeAddition node, long ifEpoch, CancellationToken cancellation) =>
        PlanOfAsync(new AdminCall(HttpMethod.Post, $"{_path}/nodes", node.ToJson(), ifEpoch), cancellation);

    public Task<Answer<PlanAnswer>> RemoveAsync(
        string node, bool drain, bool force, long ifEpoch, CancellationToken cancellation)
    {
        var query = new QueryText().With("drain", drain).With("force", force);
        return PlanOfAsync(
            new AdminCall(HttpMethod.Delete, $"{PathOf(node)}{query}", IfEpoch: ifEpoch), cancellation);
    }

    public Task<Answer<PlanAnswer>> ReweighAsync(
        string node, int weight, long ifEpoch, CancellationToken cancellation)
    {
        var body = new JsonObject { ["weight"] = weight };
        return PlanOfAsync(new AdminCall(HttpMethod.Patch, PathOf(node), body, ifEpoch), cancellation);
    }

    /// <summary>The blend in force.</summary>
    public Task<Answer<BlendAnswer>> ReadBlendAsync(CancellationToken cancellation) =>
        connection.GetAsync($"{_path}/blend", AdminJson.Default.BlendAnswer, cancellation);

    /// <summary>Reads what a step of a blend would move, without making the step.</summary>
    public Task<Answer<BlendAnswer>> PlanBlendAsync(string to, double share, CancellationToken cancellation) =>
        connection.GetAsync(
            $"{_path}/blend{new QueryText().With("to", to).With("share", share)}",
            AdminJson.Default.BlendAnswer,
            cancellation);

    public Task<Answer<BlendAnswer>> BlendAsync(
        string to, double share, long ifEpoch, CancellationToken cancellation)
    {
        var body = new JsonObject { ["to"] = to, ["share"] = share };
        return connection.CallAsync(
            new AdminCall(HttpMethod.Post, $"{_path}/blend", body, ifEpoch),
            AdminJson.Default.BlendAnswer,
            cancellation);
    }

    public Task<Answer<DrainAnswer>> BeginDrainAsync(
        string node, DrainRequest request, CancellationToken cancellation) =>
        DrainOfAsync(HttpMethod.Post, node, request.ToJson(), cancellation);

    public Task<Answer<DrainAnswer>> ReadDrainAsync(string node, CancellationToken cancellation) =>
        DrainOfAsync(HttpMethod.Get, node, body: null, cancellation);

    /// <summary>
    /// The drain of a node; null if the node is not in the fleet: a removed node leaves with its last tunnel.
    /// </summary>
    public async Task<DrainAnswer?> FindDrainAsync(string node, CancellationToken cancellation)
    {
        try
        {
            return (await ReadDrainAsync(node, cancellation)).Value;
        }
        catch (CommandFailure failure) when (failure.Status is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public Task<Answer<DrainAnswer>> ResumeAsync(string node, CancellationToken cancellation) =>
        DrainOfAsync(HttpMethod.Delete, node, body: null, cancellation);

    public Task<Answer<RebalanceAnswer>> BeginRebalanceAsync(double? ratePerSecond, CancellationToken cancellation)
    {
        var body = new JsonObject();
        if (ratePerSecond is { } rate)
        {
            body["ratePerSecond"] = rate;
        }

        return RebalanceOfAsync(HttpMethod.Post, body, cancellation);
    }

    public Task<Answer<RebalanceAnswer>> ReadRebalanceAsync(CancellationToken cancellation) =>
        RebalanceOfAsync(HttpMethod.Get, body: null, cancellation);

    public Task<Answer<RebalanceAnswer>> PauseRebalanceAsync(bool paused, CancellationToken cancellation) =>
        RebalanceOfAsync(HttpMethod.Patch, new JsonObject { ["paused"] = paused }, cancellation);

    public Task<Answer<RebalanceAnswer>> CancelRebalanceAsync(CancellationToken cancellation) =>
        RebalanceOfAsync(HttpMethod.Delete, body: null, cancellation);

    public Task<Answer<IReadOnlyList<LiveTunnelAnswer>>> ListTunnelsAsync(
        TunnelFilter filter, CancellationToken cancellation)
    {
        var query = new QueryText()
            .With("user", filter.User)
            .With("node", filter.Node)
            .With("olderThanSeconds", filter.OlderThan?.TotalSeconds)
            .With("client", filter.Client)
            .With("sort", filter.Sort)
            .With("limit", filter.Limit);
        return connection.GetAsync(
            $"{_path}/tunnels{query}", AdminJson.Default.IReadOnlyListLiveTunnelAnswer, cancellation);
    }

    public Task<Answer<DisconnectAnswer>> DisconnectAsync(
        TunnelFilter filter, int? closeCode, CancellationToken cancellation)
    {
        var query = new QueryText()
            .With("user", filter.User)
            .With("node", filter.Node)
            .With("olderThanSeconds", filter.OlderThan?.TotalSeconds)
            .With("closeCode", closeCode);
        return connection.CallAsync(
            new AdminCall(HttpMethod.Delete, $"{_path}/tunnels{query}"),
            AdminJson.Default.DisconnectAnswer,
            cancellation);
    }

    private string PathOf(string node) => $"{_path}/nodes/{Uri.EscapeDataString(node)}";

    private Task<Answer<PlanAnswer>> PlanOfAsync(AdminCall call, CancellationToken cancellation) =>
        connection.CallAsync(call, AdminJson.Default.PlanAnswer, cancellation);

    private Task<Answer<DrainAnswer>> DrainOfAsync(
        HttpMethod method, string node, JsonObject? body, CancellationToken cancellation) => connection.CallAsync(
            new AdminCall(method, $"{PathOf(node)}/drain", body), AdminJson.Default.DrainAnswer, cancellation);

    private Task<Answer<RebalanceAnswer>> RebalanceOfAsync(
        HttpMethod method, JsonObject? body, CancellationToken cancellation) => connection.CallAsync(
            new AdminCall(method, $"{_path}/rebalance", body), AdminJson.Default.RebalanceAnswer, cancellation);
}
