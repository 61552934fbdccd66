using System.CommandLine;
using System.Text.Json;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Looking;

/// <summary><c>wsbalancer status</c>: the balancer and each of its clusters at a glance.</summary>
internal static class StatusCommand
{
    private const int ShortFingerprint = 12;

    public static Command Create() => new OperatorCommand(
        "status",
        "Show whether the balancer is ready, and each cluster's ring, nodes and tunnels",
        RunAsync)
    {
        Examples = ["status", "status --json"],
    };

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var answer = await operation.Client.ListClustersAsync(cancellation);
        var chosen = operation.Settings.Cluster is { } named ? ClusterChoice.Pick(answer.Value, named) : (int?)null;

        if (operation.Settings.Json)
        {
            await operation.WriteDocumentAsync(chosen is { } only ? OnlyOne(answer, only) : answer.Document);
            return ExitCode.Done;
        }

        var readiness = await operation.Client.ReadReadinessAsync(cancellation);
        var shown = chosen is { } index ? [answer.Value[index]] : answer.Value;
        await operation.WriteLinesAsync(Lines(operation.Settings.Address, readiness, shown));
        return ExitCode.Done;
    }

    private static IEnumerable<string> Lines(
        Uri address, Readiness readiness, IReadOnlyList<ClusterAnswer> clusters)
    {
        var ready = readiness is Readiness.Ready ? "ready" : "not ready: starting or shutting down";
        yield return $"balancer       {address.AbsoluteUri.TrimEnd('/')}, {ready}";
        foreach (var problem in clusters.SelectMany(cluster => cluster.Problems ?? []).DistinctBy(one => one.Record))
        {
            yield return $"problem        {problem.Record} is set aside: {problem.Mistake}";
        }

        foreach (var cluster in clusters)
        {
            yield return $"cluster        {cluster.Id}";
            foreach (var line in cluster.Ring is { } ring ? Lines(ring, cluster.Nodes) : ["  ring         none"])
            {
                yield return line;
            }

            yield return $"  nodes        {Nodes(cluster.Nodes)}";
            yield return $"  tunnels      {cluster.Nodes.Sum(node => node.Tunnels)}, "
                + $"{cluster.Nodes.Sum(node => node.Misplaced)} misplaced";
            foreach (var line in InMotion(cluster.Nodes))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> InMotion(IReadOnlyList<NodeAnswer> nodes)
    {
        (string Label, IEnumerable<string> Entries)[] lines =
        [
            ("draining   ", from node in nodes
                            where node.State is "draining" or "leaving"
                            let tunnels = Amounts.Count(node.Tunnels, "tunnel")
                            select node.State is "leaving" ? $"{node.Id} leaves, {tunnels}" : $"{node.Id} {tunnels}"),
            ("at run time", nodes.SelectMany(ChangesOf)),
        ];
        return from line in lines
               let entries = string.Join(", ", line.Entries)
               where entries.Length > 0
               select $"  {line.Label}  {entries}";
    }

    // What a look into the configuration would not tell.
    private static IEnumerable<string> ChangesOf(NodeAnswer node)
    {
        if (node.Source != NodeAnswer.Configured)
        {
            yield return $"{node.Id} {node.Source}";
        }

        if (node.HasOtherWeight)
        {
            yield return $"{node.Id} weighs {Amounts.Number(node.Weight)}";
        }
    }

    private static IEnumerable<string> Lines(RingAnswer ring, IReadOnlyList<NodeAnswer> nodes)
    {
        var keys = nodes.Where(node => node.RingKey is not null).Select(node => $"{node.Id} {node.RingKey}").ToArray();
        yield return $"  ring         {ring.Algorithm}, spec {ring.Spec}, epoch {ring.Epoch}";
        if (keys.Length > 0)
        {
            yield return $"  ring keys    {string.Join(", ", keys)}";
        }

        yield return $"  fingerprint  {ring.Fingerprint[..Math.Min(ShortFingerprint, ring.Fingerprint.Length)]}";
    }

    private static string Nodes(IReadOnlyList<NodeAnswer> nodes)
    {
        var states = Counted(nodes, node => node.State);
        var health = Counted(nodes, node => node.Health);
        return nodes.Count is 0 ? "none" : $"{nodes.Count}: {states}; {health}";
    }

    private static string Counted(IEnumerable<NodeAnswer> nodes, Func<NodeAnswer, string> by) =>
        string.Join(", ", nodes.CountBy(by).Select(entry => $"{entry.Value} {entry.Key}"));

    // Still the balancer's own text, so that no field is lost on the way.
    private static string OnlyOne(Answer<IReadOnlyList<ClusterAnswer>> answer, int index)
    {
        using var document = JsonDocument.Parse(answer.Document);
        return $"[{document.RootElement[index].GetRawText()}]";
    }
}
