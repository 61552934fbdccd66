namespace WsBalancer.Cli.Run;

/// <summary>The report on a file without a mistake, as a person reads it.</summary>
internal static class CheckText
{
    public static IEnumerable<string> Of(CheckReport report)
    {
        yield return $"{report.File} is fine.";
        yield return $"  listens on  {string.Join(", ", report.Listen)}";
        yield return $"  admin API   {report.Admin}";
        foreach (var cluster in report.Clusters)
        {
            var by = cluster.Ring is { } ring ? $"ring {ring}" : "balanced by YARP";
            yield return $"  cluster     {cluster.Id}, {by}, "
                + (cluster.Nodes.Count == 1 ? "1 node" : $"{cluster.Nodes.Count} nodes");
            foreach (var node in cluster.Nodes)
            {
                yield return $"    {node.Id}  {node.Address}"
                    + (node.Weight is { } weight ? $"  weight {weight}" : "");
            }
        }

        foreach (var route in report.Routes)
        {
            string?[] parts =
            [
                route.Path ?? "every path",
                route.Hosts.Count == 0 ? null : $"of {string.Join(", ", route.Hosts)}",
                route.Methods.Count == 0 ? null : string.Join(", ", route.Methods),
            ];
            yield return $"  route       {route.Id}: {string.Join(' ', parts.OfType<string>())} to {route.Cluster}";
        }

        foreach (var note in report.Notes)
        {
            yield return $"Note: {note.Message}";
        }
    }
}
