using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>
/// The content of a configuration file: one cluster "chat" for every path, with user ids from the query.
/// </summary>
internal sealed class BalancerConfig
{
    public const string Cluster = "chat";

    /// <summary>The key of the cluster's settings.</summary>
    public const string ClusterKey = $"WsBalancer:Clusters:{Cluster}";

    public const string UrlsKey = "Urls";

    private const string NodesKey = $"ReverseProxy:Clusters:{Cluster}:Destinations";

    private readonly JsonObject _root = [];

    public static BalancerConfig With(params IEnumerable<ScriptedNode> nodes) =>
        With(nodes.Select(node => (node.Name, node.Address)));

    public static BalancerConfig With(params IEnumerable<WsNode> nodes) =>
        With(nodes.Select(node => (node.Name, node.Address)));

    public static BalancerConfig With(params IEnumerable<(string Name, string Address)> nodes)
    {
        var config = new BalancerConfig()
            .Set(UrlsKey, "http://127.0.0.1:0")
            .Set("WsBalancer:Admin:Url", "http://127.0.0.1:0")
            .Set($"ReverseProxy:Routes:{Cluster}:ClusterId", Cluster)
            .Set($"ReverseProxy:Routes:{Cluster}:Match:Path", "/{**any}")
            .Set($"{ClusterKey}:UserKey", new JsonArray("query:user"));
        foreach (var (name, address) in nodes)
        {
            config.AddNode(name, address);
        }

        return config;
    }

    public BalancerConfig AddNode(string name, string address) => Set($"{NodesKey}:{name}:Address", address);

    /// <summary>Copies the current nodes to another cluster.</summary>
    public BalancerConfig CopyNodes(string cluster) => Set(
        $"ReverseProxy:Clusters:{cluster}:Destinations", Section(NodesKey.Split(':')).DeepClone());

    public BalancerConfig RemoveNode(string name)
    {
        Section(NodesKey.Split(':')).Remove(name);
        return this;
    }

    /// <summary>Sets the value at a path of keys; null removes it.</summary>
    public BalancerConfig Set(string key, JsonNode? value)
    {
        var path = key.Split(':');
        var section = Section(path[..^1]);
        section.Remove(path[^1]);
        if (value is not null)
        {
            section[path[^1]] = value;
        }

        return this;
    }

    public override string ToString() => _root.ToJsonString(new() { WriteIndented = true });

    private JsonObject Section(string[] path)
    {
        var section = _root;
        foreach (var key in path)
        {
            section[key] ??= new JsonObject();
            section = section[key]!.AsObject();
        }

        return section;
    }
}
