using System.Net.ServerSentEvents;
using System.Text.Json;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Watching;

/// <summary>Writes every event of a balancer, and comes back to the stream where it left it.</summary>
internal sealed class EventStream(Operation operation, TimeProvider time)
{
    // No event of the fleet: what this listener missed, which the next stream makes up for.
    private const string Dropped = "dropped";

    private readonly Patience _patience = new(time, operation.NoteAwayAsync);
    private string? _lastId;

    /// <summary>Ends by cancellation only, or with a failure.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        await CheckAsync(cancellation);
        while (true)
        {
            await using var stream = await _patience.AskAsync(
                token => operation.Client.OpenEventsAsync(_lastId, token), cancellation);
            await ReadToEndAsync(stream, cancellation);

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

    private async Task ReadToEndAsync(Stream stream, CancellationToken cancellation)
    {
        await using var items = SseParser.Create(stream).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        while (await HasNextAsync(items))
        {
            _lastId = items.Current.EventId ?? _lastId;
            await (items.Current.EventType is Dropped
                ? operation.NoteAsync("Events came faster than they were read, and the balancer has ended the stream.")
                : WriteAsync(items.Current.Data));
        }
    }

    private static async Task<bool> HasNextAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception cause) when (cause is IOException or HttpRequestException)
        {
            // The balancer has gone without a word, which ends its stream too.
            return false;
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

        if (operation.Settings.Cluster is null || operation.Settings.Cluster == happened.Cluster)
        {
            await (operation.Settings.Json
                ? operation.WriteDocumentAsync(document)
                : operation.WriteLinesAsync(LineOf(happened)));
            await operation.Output.Writer.FlushAsync(CancellationToken.None);
        }
    }

    // The message names the node and the figures that matter; the document has them all.
    private static string LineOf(EventAnswer happened) =>
        $"{Amounts.Time(happened.At)}  {happened.Kind,-12}  {happened.Cluster}: {happened.Message}";
}
