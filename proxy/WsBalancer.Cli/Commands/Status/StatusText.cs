using System.Globalization;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Clusters;
using WsBalancer.Proxy.Admin.Status;

namespace WsBalancer.Cli.Commands.Status;

/// <summary>A balancer's status as lines of text: the problems first, then the rest.</summary>
internal static class StatusText
{
    private const int ShortFingerprint = 12;

    public static IEnumerable<string> Lines(Uri address, StatusView status)
    {
        yield return $"balancer       {address.AbsoluteUri.TrimEnd('/')}, {Readiness(status)}";
        foreach (var line in status.Refusing.Select(why => $"refusing       {why}")
            .Concat(status.Warnings.Select(what => $"warning        {what}"))
            .Concat(Problems(status))
            .Concat(Dependencies(status))
            .Concat(status.Clusters.SelectMany(Lines)))
        {
            yield return line;
        }
    }

    private static string Readiness(StatusView status) => status switch
    {
        { Ready: true } => "ready",
        { State: "ready" } => "not ready: too few nodes are available",
        _ => $"not ready: {status.State}",
    };

    // The answer lists a record without a cluster in every cluster.
    private static IEnumerable<string> Problems(StatusView status) =>
        from problem in status.Clusters.SelectMany(cluster => cluster.Problems).DistinctBy(one => one.Record)
        select $"problem        {problem.Record} is set aside: {problem.Mistake}";

    private static IEnumerable<string> Dependencies(StatusView status)
    {
        yield return $"version        {status.Version}, id {status.Id}, started {Amounts.Time(status.StartedAt)}";
        if (status.Redis is { } redis)
        {
            var since = redis.Since is { } time ? $"cannot be used since {Amounts.Time(time)}" : "connected";
            yield return $"redis          {redis.Address}, {since}";
            yield return $"peers          {Peers(status.Peers)}";
        }

        if (status.Descriptors is { } descriptors)
        {
            yield return $"descriptors    {Amounts.Number(descriptors.Open)} of {Amounts.Number(descriptors.Limit)}";
        }

        if (status.Reload is { } reload)
        {
            yield return $"last reload    {reload.Result} at {Amounts.Time(reload.At)}";
        }

        foreach (var certificate in status.Certificates)
        {
            yield return $"certificate    {certificate.Endpoint}: {certificate.Subject}, ends "
                + certificate.NotAfter.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }
    }

    private static string Peers(IReadOnlyList<PeerView>? peers) => peers switch
    {
        null => "unknown, because Redis cannot be used",
        [] => "none",
        _ => string.Join(", ", peers.Select(peer => $"{peer.Id} ({Amounts.Count(peer.Tunnels, "tunnel")})")),
    };

    private static IEnumerable<string> Lines(ClusterStatusView cluster)
    {
        yield return $"cluster        {cluster.Id}";
        foreach (var line in cluster.Ring is { } ring ? Lines(ring, cluster.Nodes) : ["  ring         none"])
        {
            yield return line;
        }

        yield return $"  nodes        {Nodes(cluster)}";
        yield return $"  tunnels      {cluster.Nodes.Sum(node => node.Tunnels)}, "
            + $"{cluster.Nodes.Sum(node => node.Misplaced)} misplaced";
        if (cluster.Rejected.Count > 0 || cluster.AttemptsFailed > 0)
        {
            yield return $"  last minute  {Failures(cluster)}";
        }

        foreach (var line in InMotion(cluster.Nodes))
        {
            yield return line;
        }
    }

    private static string Failures(ClusterStatusView cluster)
    {
        var attempts = $"{Amounts.Count(cluster.AttemptsFailed, "handshake attempt")} failed";
        if (cluster.Rejected.Count == 0)
        {
            return attempts;
        }

        var reasons = cluster.Rejected.OrderByDescending(count => count.Value)
            .Select(count => $"{count.Key} {Amounts.Number(count.Value)}");
        return $"{Amounts.Count(cluster.Rejected.Values.Sum(), "request")} rejected "
            + $"({string.Join(", ", reasons)}), {attempts}";
    }

    private static IEnumerable<string> InMotion(IReadOnlyList<NodeView> nodes)
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

    // Changes at run time, which the configuration does not contain.
    private static IEnumerable<string> ChangesOf(NodeView node)
    {
        if (NodeText.SourceOf(node) is not NodeText.Configured and var source)
        {
            yield return $"{node.Id} {source}";
        }

        if (NodeText.HasOtherWeight(node))
        {
            yield return $"{node.Id} weighs {Amounts.Number(node.Weight)}";
        }
    }

    private static IEnumerable<string> Lines(RingView ring, IReadOnlyList<NodeView> nodes)
    {
        var keys = nodes.Where(node => node.RingKey is not null).Select(node => $"{node.Id} {node.RingKey}").ToArray();
        yield return $"  ring         {ring.Algorithm}, spec {ring.Spec}, epoch {ring.Epoch}";
        if (keys.Length > 0)
        {
            yield return $"  ring keys    {string.Join(", ", keys)}";
        }

        yield return $"  fingerprint  {ring.Fingerprint[..Math.Min(ShortFingerprint, ring.Fingerprint.Length)]}";
    }

    private static string Nodes(ClusterStatusView cluster)
    {
        var states = Counted(cluster.Nodes, node => node.State);
        var health = Counted(cluster.Nodes, node => node.Health);
        return cluster.Nodes.Count is 0
            ? "none"
            : $"{cluster.Nodes.Count}, {cluster.Available} available: {states}; {health}";
    }

    private static string Counted(IEnumerable<NodeView> nodes, Func<NodeView, string> by) =>
        string.Join(", ", nodes.CountBy(by).Select(entry => $"{entry.Value} {entry.Key}"));
}
