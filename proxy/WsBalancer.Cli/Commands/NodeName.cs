using System.CommandLine;
using System.CommandLine.Completions;
using WsBalancer.Cli.Admin;
using WsBalancer.Proxy.State;

namespace WsBalancer.Cli.Commands;

/// <summary>The argument that is the id of a node, which a shell completes with the nodes of the balancer.</summary>
internal static class NodeName
{
    // The timeout of a completion, for which a person waits at the keyboard.
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(1);

    public static Argument<string> Argument(string name)
    {
        var argument = new Argument<string>(name) { Description = "The id of the node", HelpName = name };
        argument.CompletionSources.Add(Complete);
        return argument;
    }

    /// <summary>Completes an option that takes the id of a node.</summary>
    public static Option<T> Completed<T>(Option<T> option)
    {
        option.CompletionSources.Add(Complete);
        return option;
    }

    private static IEnumerable<CompletionItem> Complete(CompletionContext context)
    {
        try
        {
            var settings = AdminOptions.Read(context.ParseResult);
            using var client = new AdminClient(settings, LookupTimeout);
            var clusters = client.ListClustersAsync(CancellationToken.None).GetAwaiter().GetResult().Value;
            return
            [
                .. clusters.Where(cluster => settings.Cluster is null || cluster.Id == settings.Cluster)
                    .SelectMany(cluster => cluster.Nodes)

                    // The shell receives plain ids only: other text could be executed.
                    .Where(node => NodeBounds.IsId(node.Id))
                    .Select(node => new CompletionItem(node.Id)),
            ];
        }
        catch (CommandFailure)
        {
            // Without a balancer there are no suggestions, and a shell shows no message.
            return [];
        }
    }
}
