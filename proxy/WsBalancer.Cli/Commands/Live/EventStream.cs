using System.Net.ServerSentEvents;
using System.Text.Json;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Commands.Waiting;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admin.Events;

namespace WsBalancer.Cli.Commands.Live;

/// <summary>
/// Writes every event of a balancer. After the end of a stream the next one continues after the last event.
/// </summary>
/// <remarks>
/// <c>since</c> is the time from which past events are written; null for none, or for all if <c>follow</c> is false.
/// <c>follow</c> is whether new events follow the past ones.
/// </remarks>
internal sealed class EventStream(Operation operation, string? since, bool follow, TimeProvider time)
{
    // Not an event of the fleet: the balancer dropped events for this listener. The next stream sends them again.
    private const string Dropped = "dropped";

    private readonly RetryPolicy _retry = new(time, operation.NoteAwayAsync);
    private string? _lastId;

    /// <summary>
    /// Without <c>follow</c> ends after the past events; otherwise only by cancellation, or with a failure.
    /// </summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        await CheckAsync(cancellation);
        while (true)
        {
            await using var stream = await _retry.CallAsync(
                token => operation.Client.OpenEventsAsync(_lastId, since, follow, token), cancellation);
            if (await ReadToEndAsync(stream, cancellation) && !follow)
            {
                return;
            }

            await operation.NoteAsync("The stream of events has ended; connecting again.");
            await Task.Delay(RetryPolicy.Pause, time, cancellation);
        }
    }

    // An unknown cluster must be reported at once: its stream would be as silent as that of a cluster without events.
    private async Task CheckAsync(CancellationToken cancellation)
    {
        var clusters = (await operation.Client.ListClustersAsync(cancellation)).Value;
        if (operation.Settings.Cluster is { } named)
        {
            ClusterChoice.Pick(clusters, named);
        }
    }

    // Returns whether the balancer has ended the stream; false if the connection was lost.
    private async Task<bool> ReadToEndAsync(Stream stream, CancellationToken cancellation)
    {
        await using var items = SseParser.Create(stream).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        bool? hasNext;
        while ((hasNext = await HasNextAsync(items)) is true)
        {
            _lastId = items.Current.EventId ?? _lastId;
            await (items.Current.EventType is Dropped
                ? operation.NoteAsync("Events arrived faster than they were read: the balancer has ended the stream.")
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
            // The connection was lost, which ends the stream too.
            return null;
        }
    }

    private async Task WriteAsync(string document)
    {
        EventView happened;
        try
        {
            happened = JsonSerializer.Deserialize(document, AdminJson.Default.EventView)
                ?? throw new JsonException("null is not an event");
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

    // The message contains the node and the important figures; the JSON document contains all figures.
    private static string LineOf(EventView happened) =>
        $"{Amounts.Time(happened.At)}  {happened.Kind,-12}  "
        + (happened.Cluster is null ? "" : $"{happened.Cluster}: ")
        + happened.Message
        + (happened.By is null ? "" : $" (by {CauseOf(happened.By)})");

    // In one line: ops: alice@lb-1, drain, from 10.0.0.7.
    private static string CauseOf(EventCauseView cause)
    {
        string?[] details =
        [
            (cause.User, cause.Host) switch
            {
                ({ } user, { } host) => $"{user}@{host}",
                var (user, host) => user ?? host,
            },
            cause.Command,
            cause.Address is null ? null : $"from {cause.Address}",
        ];
        var known = string.Join(", ", details.OfType<string>());
        return known.Length == 0 ? cause.Name : $"{cause.Name}: {known}";
    }
}
