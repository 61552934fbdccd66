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

/// <summary>Tells what happens, as it happens, as server-sent events.</summary>
internal static class EventEndpoints
{
    private const string LastEventId = "Last-Event-ID";
    private const string KnownMeans =
        "The last event that you know: what is remembered of those since then comes first. 0 for all of it.";

    // Below the minute after which proxies and NATs give a silent connection up.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    // Without an id: what the listener knows last is still the event before.
    private static readonly string TooSlow =
        "event: dropped\ndata: {\"kind\":\"dropped\",\"message\":\"more than "
        + EventListener.MostWaiting.ToString(CultureInfo.InvariantCulture)
        + $" events waited to be read: listen again, with {LastEventId}, to hear the rest\"}}\n\n";

    public static void MapEvents(this IEndpointRouteBuilder api) => api.MapGet("/events", FollowAsync)
        .Produces<EventView>(StatusCodes.Status200OK, "text/event-stream")
        .WithTags("Events")
        .WithSummary("What happens, as it happens: node, health, drain, rebalance, ring, disagreement.");

    private static async Task FollowAsync(
        HttpContext context,
        BalancerEvents events,
        TimeProvider time,
        IHostApplicationLifetime admin,
        [FromHeader(Name = LastEventId), Description(KnownMeans)] string? lastEventId)
    {
        using var listener = new EventListener(events, Known(lastEventId), KeepAlive, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, admin.ApplicationStopping);
        try
        {
            await TellAsync(context.Response, listener, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The listener is gone, or this host is stopping.
            return;
        }
    }

    private static async Task TellAsync(HttpResponse response, EventListener listener, CancellationToken cancellation)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        await SayAsync(response, ": what happens from now on\n\n", cancellation);
        foreach (var missed in listener.Missed)
        {
            await SayAsync(response, Text(missed), cancellation);
        }

        await foreach (var happened in listener.ReadAsync(cancellation))
        {
            await SayAsync(response, happened is null ? ":\n\n" : Text(happened), cancellation);
        }

        if (listener.IsTooSlow)
        {
            await SayAsync(response, TooSlow, cancellation);
        }
    }

    private static string Text(BalancerEvent happened)
    {
        var view = EventView.Of(happened);
        return string.Create(
            CultureInfo.InvariantCulture, $"id: {view.Id}\nevent: {view.Kind}\ndata: {view.ToJson()}\n\n");
    }

    private static async Task SayAsync(HttpResponse response, string text, CancellationToken cancellation)
    {
        await response.WriteAsync(text, cancellation);
        await response.Body.FlushAsync(cancellation);
    }

    private static long? Known(string? lastEventId)
    {
        if (lastEventId is null)
        {
            return null;
        }

        return long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw QueryText.Wrong(LastEventId, lastEventId, "the id of an event, a whole number");
    }
}
