using System.Net.ServerSentEvents;
using System.Text.Json;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Watching;

/// <summary>Writes every event of a balancer, and comes back to the stream where it left it.</summary>
/// <param name="operation">The command.</param>
/// <param name="since">Since when past events are written first; null for none.</param>
/// <param name="follow">Whether new events follow the past ones.</param>
/// <param name="time">The clock.</param>
internal sealed class EventStream(Operation operation, string? since, bool follow, TimeProvider time)
{
    // No event of the fleet: what this listener missed, which the next stream makes up for.
    private const string Dropped = "dropped";

    private readonly Patience _patience = new(time, operation.NoteAwayAsync);
    private string? _lastId;

    /// <summary>Ends after the past if no more is wanted; else by cancellation only, or with a failure.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        await CheckAsync(cancellation);
        while (true)
        {
            await using var stream = await _patience.AskAsync(
                token => operation.Client.OpenEventsAsync(_lastId, since, follow, token), cancellation);
            if (await ReadToEndAsync(stream, cancellation) && !follow)
            {
                return;
            }

            await operation.NoteAsync("The stream of events has ended; connecting again.");
            await Task.Delay(Patience.Pause, time, cancellation);
        }
    }

    // A stream that is silent for an hour looks like one that nobody will ever write to.
    private async Task CheckAsync(CancellationToken cancellation)
    {
        var clusters = (await operation.Client.ListClustersAsync(cancellation)).Value;
        if (operation.Settings.Cluster is { } named)
        {
            ClusterChoice.Pick(clusters, named);
        }
    }

    // Whether it has ended as streams do, and not with its connection.
    private async Task<bool> ReadToEndAsync(Stream stream, CancellationToken cancellation)
    {
        await using var items = SseParser.Create(stream).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        bool? hasNext;
        while ((hasNext = await HasNextAsync(items)) is true)
        {
            _lastId = items.Current.EventId ?? _lastId;
            await (items.Current.EventType is Dropped
                ? operation.NoteAsync("Events came faster than they were read, and the balancer has ended the stream.")
                : WriteAsync(items.Current.Data));
        }

        return hasNext is not null;
    }

    private static async Task<bool?> HasNextAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception cause) when (cause is IOException or HttpRequestException)
        {
            // The balancer has gone without a word, which ends its stream too.
            return null;
        }
    }

    private async Task WriteAsync(string document)
    {
        EventAnswer happened;
        try
        {
            happened = JsonSerializer.Deserialize(document, AdminJson.Default.EventAnswer)!;
        }
        catch (JsonException cause)
        {
            throw new CommandFailure(ExitCode.Unreachable, $"'{document}' is not an event of a balancer.", cause);
        }

        if (operation.Settings.Cluster is not { } cluster || happened.Cluster is null || happened.Cluster == cluster)
        {
            await (operation.Settings.IsDocument
                ? operation.Output.Exact.WriteAsync(DocumentText.OneOf(document, operation.Settings.Form))
                : operation.WriteLinesAsync(LineOf(happened)));
            await operation.Output.Writer.FlushAsync(CancellationToken.None);
        }
    }

    // The message names the node and the figures that matter; the document has them all.
    private static string LineOf(EventAnswer happened) =>
        $"{Amounts.Time(happened.At)}  {happened.Kind,-12}  "
        + (happened.Cluster is null ? "" : $"{happened.Cluster}: ")
        + happened.Message
        + (happened.By is null ? "" : $" (by {happened.By})");
}
