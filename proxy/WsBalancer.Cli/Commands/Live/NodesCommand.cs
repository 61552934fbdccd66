using System.CommandLine;
using System.Text.Json;
using WsBalancer.Cli.Admin;
using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Commands.Live;

/// <summary><c>wsbalancer nodes</c>: one line for each node, of one cluster or of all.</summary>
internal static class NodesCommand
{
    public static Command Create(TimeProvider time) => WatchOption.AddTo(new OperatorCommand(
        "nodes",
        "List the nodes, of all clusters unless --cluster: state, health, tunnels, share",
        (operation, cancellation) => RunAsync(operation, time, cancellation))
    {
        HasNames = true,
        Examples = ["nodes", "nodes --watch", "nodes -o name              only the ids, for a script"],
    });

    private static async Task<int> RunAsync(
        Operation operation, TimeProvider time, CancellationToken cancellation)
    {
        if (operation.Parsed.GetValue(WatchOption.Watch))
        {
            return await new TableWatch<IReadOnlyList<NodeView>>(
                operation, time, token => ReadAsync(operation, token), static nodes => new NodesTable(nodes))
                .RunAsync(cancellation);
        }

        var answer = await ReadAsync(operation, cancellation);
        await operation.WriteListAsync(
            answer,
            answer.Value.Select(node => node.Id),
            () => new NodesTable(answer.Value).Write(operation.Output));
        return ExitCode.Done;
    }

    /// <summary>The nodes of the named cluster, or of all clusters, as one list.</summary>
    public static async Task<Answer<IReadOnlyList<NodeView>>> ReadAsync(
        Operation operation, CancellationToken cancellation)
    {
        var answer = await operation.Client.ListClustersAsync(cancellation);
        var chosen = ClusterChoice.Several(answer.Value, operation.Settings.Cluster);
        using var document = JsonDocument.Parse(answer.Document);
        var lists = chosen.Select(index => document.RootElement[index].GetProperty("nodes")).ToArray();
        var text = lists is [var only]
            ? only.GetRawText()
            : $"[{string.Join(',', from list in lists from node in list.EnumerateArray() select node.GetRawText())}]";
        return new Answer<IReadOnlyList<NodeView>>(
            text, [.. chosen.SelectMany(index => answer.Value[index].Nodes)]);
    }
}
