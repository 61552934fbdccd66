using System.Text.Json.Nodes;

namespace WsBalancer.Cli.Demo.Processes;

/// <summary>The configuration of the demo's balancer, as an operator would write it.</summary>
internal static class DemoConfiguration
{
    public const string Cluster = "demo";

    /// <param name="nodes">Id and address of every node.</param>
    public static string Write(IEnumerable<(string Id, Uri Address)> nodes)
    {
        var destinations = nodes.Select(node => KeyValuePair.Create(
            node.Id, (JsonNode?)new JsonObject { ["Address"] = node.Address.AbsoluteUri }));

        var document = new JsonObject
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["ReverseProxy"] = new JsonObject
            {
                ["Routes"] = new JsonObject
                {
                    [Cluster] = new JsonObject
                    {
                        ["ClusterId"] = Cluster,
                        ["Match"] = new JsonObject { ["Path"] = "/{**any}" },
                    },
                },
                ["Clusters"] = new JsonObject
                {
                    [Cluster] = new JsonObject { ["Destinations"] = new JsonObject(destinations) },
                },
            },
            ["WsBalancer"] = new JsonObject
            {
                ["Admin"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" },
                ["State"] = new JsonObject { ["Path"] = "off" },
                ["Shutdown"] = new JsonObject { ["Timeout"] = "1s" },
                ["Clusters"] = new JsonObject
                {
                    [Cluster] = new JsonObject
                    {
                        ["UserKey"] = new JsonArray("query:user"),
                        // The default of 2 s is right for production, and too long to watch.
                        ["Health"] = new JsonObject { ["Interval"] = "500ms" },
                    },
                },
            },
        };

        return document.ToJsonString();
    }
}
