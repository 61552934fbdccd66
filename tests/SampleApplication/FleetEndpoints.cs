using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using WsBalancer.Proxy;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.SampleApplication;

/// <summary>Endpoints of the application that use the fleet in code.</summary>
internal static class FleetEndpoints
{
    public static void MapFleet(this IEndpointRouteBuilder endpoints)
    {
        var fleet = endpoints.MapGroup("/fleet").RequireAuthorization();
        fleet.MapGet("/nodes", (IFleet fleet) => fleet.GetNodes("chat"));
        fleet.MapGet("/users/{user}", (string user, IFleet fleet) => new
        {
            Place = fleet.GetUser("chat", user),
            Tunnels = fleet.GetTunnels("chat", user),
        });
        fleet.MapPost("/nodes/{node}/drain", DrainAsync);
        fleet.MapPost("/nodes/{node}/resume", (string node, IFleet fleet) => fleet.ResumeAsync("chat", node));
        fleet.MapGet("/events", (IFleet fleet, CancellationToken cancellation) =>
            TypedResults.ServerSentEvents(EventsAsync(fleet, cancellation)));
    }

    private static async Task<IResult> DrainAsync(string node, IFleet fleet, CancellationToken cancellation)
    {
        try
        {
            return TypedResults.Ok(await fleet.DrainAsync("chat", node, null, cancellation));
        }
        catch (RefusedException ex)
        {
            return TypedResults.Problem(
                ex.Message,
                statusCode: ex.Kind == RefusalKind.Unknown
                    ? StatusCodes.Status404NotFound
                    : StatusCodes.Status409Conflict);
        }
    }

    private static async IAsyncEnumerable<SseItem<FleetEvent>> EventsAsync(
        IFleet fleet, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var happened in fleet.ReadEventsAsync(0, cancellation))
        {
            yield return new SseItem<FleetEvent>(happened, $"{happened.Kind}") { EventId = $"{happened.Id}" };
        }
    }
}
