using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests;

/// <summary>The calls of the admin API that the tests make.</summary>
internal static class BalancerCalls
{
    /// <returns>The response, which must be a success.</returns>
    public static Task<JsonNode> Weigh(this Balancer balancer, string node, int weight) =>
        balancer.Succeed(HttpMethod.Patch, $"nodes/{node}", new JsonObject { ["weight"] = weight });

    /// <summary>Drains a node without closing tunnels: new users are placed elsewhere.</summary>
    /// <inheritdoc cref="Weigh"/>
    public static Task<JsonNode> Cordon(this Balancer balancer, string node) => balancer.Succeed(
        HttpMethod.Post,
        $"nodes/{node}/drain",
        new JsonObject { ["ratePerSecond"] = 0, ["deadlineSeconds"] = null });

    /// <inheritdoc cref="Weigh"/>
    public static Task<JsonNode> Drain(this Balancer balancer, string node, double rate) => balancer.Succeed(
        HttpMethod.Post, $"nodes/{node}/drain", new JsonObject { ["ratePerSecond"] = rate });

    /// <inheritdoc cref="Weigh"/>
    public static Task<JsonNode> Add(this Balancer balancer, WsNode node) => balancer.Succeed(
        HttpMethod.Post, "nodes", new JsonObject { ["id"] = node.Name, ["address"] = node.Address });

    /// <summary>The weight of a node in the admin API's description of a cluster.</summary>
    public static int WeightOf(this JsonNode cluster, string node) => (int)cluster.Find(node)!["weight"]!;

    /// <summary>The state of a node in the admin API's description of a cluster.</summary>
    public static string StateOf(this JsonNode cluster, string node) => (string)cluster.Find(node)!["state"]!;

    /// <summary>Whether a node accepts no new users, according to the admin API's description of a cluster.</summary>
    public static bool IsDraining(this JsonNode cluster, string node) =>
        cluster.StateOf(node) is "draining" or "drained";

    /// <summary>A node in the admin API's description of a cluster; null if it is not listed.</summary>
    public static JsonNode? Find(this JsonNode cluster, string node) =>
        cluster["nodes"]!.AsArray().FirstOrDefault(item => (string?)item!["id"] == node);

    /// <summary>The response status of a user's handshake.</summary>
    public static async Task<int> StatusOf(this Balancer balancer, string user)
    {
        using var client = await balancer.SendRequest(user);
        return client.Response.Status;
    }

    private static async Task<JsonNode> Succeed(
        this Balancer balancer, HttpMethod method, string path, JsonNode body)
    {
        var (status, answer) = await balancer.Change(method, path, body);
        Assert.True((int)status is >= 200 and < 300, $"{path}: {status} {answer}");
        return answer!;
    }
}
