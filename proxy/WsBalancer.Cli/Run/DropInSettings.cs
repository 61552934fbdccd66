using System.Globalization;
using WsBalancer.Cli.Arguments;

namespace WsBalancer.Cli.Run;

/// <summary>The configuration of <c>run --node …</c>: one cluster, every path, no file.</summary>
internal static class DropInSettings
{
    private const string Cluster = "default";

    public static IReadOnlyDictionary<string, string?> From(
        string[] nodes, string[] userKey, string ring, string listen, string admin, FileInfo? state)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Urls"] = listen,
            ["WsBalancer:Admin:Url"] = admin,
            ["WsBalancer:State:Path"] = state?.FullName ?? "off",
            [$"WsBalancer:Clusters:{Cluster}:Ring:Algorithm"] = ring,
            [$"ReverseProxy:Routes:{Cluster}:ClusterId"] = Cluster,
            [$"ReverseProxy:Routes:{Cluster}:Match:Path"] = "/{**any}",
        };
        for (var i = 0; i < userKey.Length; i++)
        {
            settings[$"WsBalancer:Clusters:{Cluster}:UserKey:{i.ToString(CultureInfo.InvariantCulture)}"] = userKey[i];
        }

        foreach (var node in nodes.Select(NodeArgument.Parse))
        {
            var key = $"ReverseProxy:Clusters:{Cluster}:Destinations:{node.Id}";
            if (!settings.TryAdd($"{key}:Address", node.Url))
            {
                throw new CommandFailure(ExitCode.Usage, $"--node names '{node.Id}' twice.");
            }

            settings[$"{key}:Metadata:Weight"] = node.Weight ?? "1";
        }

        return settings;
    }
}
