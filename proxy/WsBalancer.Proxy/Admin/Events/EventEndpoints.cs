using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin.Events;

/// <summary>The call that streams events as server-sent events.</summary>
internal static class EventEndpoints
{
    private const string LastEventId = "Last-Event-ID";
    private const string KnownMeans =
        "The id of the last event that was received: later events are sent first, all if it is not "
        + "known. 0 for all.";

    private const string ExpectedSince = EventTime.Expected + "; Last-Event-ID has precedence";

    private const string ExpectedFollow = "true or false, which ends the stream after the past (default true)";

    // Below the minute after which proxies and NATs drop an idle connection.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    // Without an id, so that the last event id of the client remains that of the event before.
    private static readonly string TooSlow =
        "event: dropped\ndata: {\"kind\":\"dropped\",\"message\":\"more than "
        + EventListener.MaxWaiting.ToString(CultureInfo.InvariantCulture)
        + $" events waited to be read: connect again, with {LastEventId}, to receive the rest\"}}\n\n";

    public static void MapEvents(this IEndpointRouteBuilder api) => api.MapGet("/events", FollowAsync)
        .Produces<EventView>(StatusCodes.Status200OK, "text/event-stream")
        .WithTags("Events")
        .WithName("followEvents")
        .WithSummary("What has happened, and what happens, as it happens: node, health, drain, rebalance, ring, "
            + "disagreement, disconnect, reload.");

    private static async Task FollowAsync(
        HttpContext context,
        BalancerEvents events,
        TimeProvider time,
        IHostApplicationLifetime admin,
        [FromQuery, Description(ExpectedSince)] string? since,
        [FromQuery, Description(ExpectedFollow)] string? follow,
        [FromHeader(Name = LastEventId), Description(KnownMeans)] string? lastEventId)
    {
        var follows = follow is null || QueryText.Flag(nameof(follow), follow);
        using var listener = new EventListener(
            events, PastOf(lastEventId, since, follows, time), KeepAlive, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, admin.ApplicationStopping);
        try
        {
            await WriteAsync(context.Response, listener, follows, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has disconnected, or the admin host is stopping.
            return;
        }
    }

    private static async Task WriteAsync(
        HttpResponse response, EventListener listener, bool follows, CancellationToken cancellation)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        await SendAsync(response, ": what happens from now on\n\n", cancellation);
        foreach (var past in listener.Past)
        {
            await response.WriteAsync(Text(past), cancellation);
        }

        await response.Body.FlushAsync(cancellation);
        if (!follows)
        {
            return;
        }

        await foreach (var happened in listener.ReadAsync(cancellation))
        {
            await SendAsync(response, happened is null ? ":\n\n" : Text(happened), cancellation);
        }

        if (listener.IsTooSlow)
        {
            await SendAsync(response, TooSlow, cancellation);
        }
    }

    private static string Text(BalancerEvent happened)
    {
        var view = EventView.From(happened);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"id: {EventMark.Of(happened)}\nevent: {view.Kind}\ndata: {view.ToJson()}\n\n");
    }

    private static async Task SendAsync(HttpResponse response, string text, CancellationToken cancellation)
    {
        await response.WriteAsync(text, cancellation);
        await response.Body.FlushAsync(cancellation);
    }

    // The past events of a stream. If the request names neither an event nor a time, a stream that is not followed has
    // all of them.
    private static Func<BalancerEvents, IReadOnlyList<BalancerEvent>>? PastOf(
        string? lastEventId, string? since, bool follows, TimeProvider time)
    {
        if (lastEventId is not null)
        {
            var known = EventMark.Parse(lastEventId)
                ?? throw QueryText.Wrong(LastEventId, lastEventId, EventMark.Expected);
            return events => events.After(known);
        }

        if (since is not null)
        {
            var begin = EventTime.Parse(since, time.GetUtcNow())
                ?? throw QueryText.Wrong(nameof(since), since, EventTime.Expected);
            return events => events.Since(begin);
        }

        return follows ? null : static events => events.After(default);
    }
}
