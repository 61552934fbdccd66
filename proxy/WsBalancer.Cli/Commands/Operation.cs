using System.CommandLine;
using Spectre.Console;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Commands;

/// <summary>The context of one run of an operator's command.</summary>
internal sealed record Operation(
    ParseResult Parsed, AdminSettings Settings, AdminClient Client, CommandOutput Output, TextWriter Error)
{
    /// <summary>The cluster of the command: the named one, or the only one.</summary>
    public async Task<ClusterClient> FindClusterAsync(CancellationToken cancellation)
    {
        if (Settings.Cluster is { } named)
        {
            return Client.In(named);
        }

        var clusters = (await Client.ListClustersAsync(cancellation)).Value;
        return Client.In(clusters[ClusterChoice.Pick(clusters, named: null)].Id);
    }

    /// <summary>Writes the document if the output is one, otherwise the lines.</summary>
    public Task WriteAsync<T>(Answer<T> answer, params IEnumerable<string> lines) =>
        Settings.IsDocument ? WriteDocumentAsync(answer.Document) : WriteLinesAsync(lines);

    /// <summary>Whether a document was written.</summary>
    public bool HasDocument { get; private set; }

    /// <summary>Writes a document: JSON as it was received, or YAML.</summary>
    public Task WriteDocumentAsync(string document)
    {
        HasDocument = true;
        return Output.Exact.WriteAsync(DocumentText.Of(document, Settings.Form));
    }

    /// <summary>Writes a list: as a document, as its ids, each once, or as a table.</summary>
    public async Task WriteListAsync<T>(Answer<T> answer, IEnumerable<string> ids, Action writeTable)
    {
        switch (Settings.Form)
        {
            case OutputForm.Json or OutputForm.Yaml:
                await WriteDocumentAsync(answer.Document);
                break;
            case OutputForm.Names:
                await WriteLinesAsync(ids.Distinct());
                break;
            default:
                writeTable();
                break;
        }
    }

    public async Task WriteLinesAsync(params IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            await Output.Writer.WriteLineAsync(line);
        }
    }

    /// <summary>Writes a sentence that is no part of the answer to standard error.</summary>
    public Task NoteAsync(string sentence) => Error.WriteLineAsync($"{Product.Name}: {sentence}");

    /// <summary>
    /// Reports a balancer that does not answer, or answers again (<see cref="Waiting.AwayNotice"/>). On a terminal the
    /// line is written above a live display, which a line on standard error would break.
    /// </summary>
    public Task NoteAwayAsync(bool isAway, string sentence)
    {
        if (Settings.IsDocument || Output.Terminal is not { } terminal)
        {
            return NoteAsync(sentence);
        }

        var style = new Style(isAway ? Color.Red : Color.Default);
        terminal.Write(new Text($"{Product.Name}: {VisibleText.Of(sentence)}\n", style));
        return Task.CompletedTask;
    }

    /// <summary>Notes that the other balancers have not received the change yet, if that is the case.</summary>
    public Task NoteSharingAsync(bool? shared) => shared is false
        ? NoteAsync("Redis is away: it is done at this balancer, and the others learn of it when Redis is back.")
        : Task.CompletedTask;
}
