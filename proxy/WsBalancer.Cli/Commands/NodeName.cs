using System.CommandLine;
using System.CommandLine.Completions;
using WsBalancer.Cli.Admin;
using WsBalancer.Proxy.State;

namespace WsBalancer.Cli.Commands;

/// <summary>The argument that names a node, which a shell completes with the nodes of the balancer.</summary>
internal static class NodeName
{
    // A person waits with a finger on the key.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

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
            using var client = new AdminClient(settings, Patience);
            var clusters = client.ListClustersAsync(CancellationToken.None).GetAwaiter().GetResult().Value;
            return
            [
                .. clusters.Where(cluster => settings.Cluster is null || cluster.Id == settings.Cluster)
                    .SelectMany(cluster => cluster.Nodes)

                    // A shell gets no text that could be more than an id.
                    .Where(node => NodeForm.IsId(node.Id))
                    .Select(node => new CompletionItem(node.Id)),
            ];
        }
        catch (CommandFailure)
        {
            // Without a balancer there is nothing to complete, and a shell shows no message.
            return [];
        }
    }
}
