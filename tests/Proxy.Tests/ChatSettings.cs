namespace WsBalancer.Proxy.Tests;

/// <summary>Settings of a balancer with one cluster, <c>chat</c>, whose user ids are in the query.</summary>
internal static class ChatSettings
{
    /// <summary>Our section of the cluster, with the colon.</summary>
    public const string Ours = "WsBalancer:Clusters:chat:";

    /// <summary>YARP's section of the cluster, with the colon.</summary>
    public const string Yarps = "ReverseProxy:Clusters:chat:";

    public static Dictionary<string, string?> Of(params (string Id, string Address)[] nodes)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["WsBalancer:Admin:Url"] = "http://127.0.0.1:0",
            ["WsBalancer:State:Path"] = "off",
            ["ReverseProxy:Routes:chat:ClusterId"] = "chat",
            ["ReverseProxy:Routes:chat:Match:Path"] = "/{**any}",
            [Ours + "UserKey"] = "query:user",

            // One setting, so that the cluster exists even without nodes.
            [Yarps + "LoadBalancingPolicy"] = "PowerOfTwoChoices",
        };
        return nodes.Aggregate(settings, (all, node) => all.WithNode(node.Id, node.Address));
    }

    /// <summary>Nodes to which no test connects.</summary>
    public static Dictionary<string, string?> OfNodes(params string[] ids) =>
        Of([.. ids.Select(id => (id, $"http://{id}.invalid/"))]);

    public static Dictionary<string, string?> WithNode(
        this Dictionary<string, string?> settings, string id, string address) =>
        settings.With($"{Yarps}Destinations:{id}:Address", address);

    public static Dictionary<string, string?> WithWeight(
        this Dictionary<string, string?> settings, string id, int weight) =>
        settings.With($"{Yarps}Destinations:{id}:Metadata:Weight", $"{weight}");

    public static Dictionary<string, string?> WithoutNode(this Dictionary<string, string?> settings, string id) =>
        settings
            .Where(pair => !pair.Key.StartsWith($"{Yarps}Destinations:{id}:", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>A copy with one more key, or another value for it.</summary>
    public static Dictionary<string, string?> With(
        this Dictionary<string, string?> settings, string key, string? value) =>
        new(settings, StringComparer.OrdinalIgnoreCase) { [key] = value };
}
