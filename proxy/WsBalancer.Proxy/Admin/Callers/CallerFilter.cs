using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin.Callers;

/// <summary>
/// Refuses calls that change something if the caller may only view, and names other callers in the events that their
/// calls cause.
/// </summary>
internal sealed class CallerFilter(BalancerEvents events) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!Changes(http))
        {
            return await next(context);
        }

        var caller = http.Features.GetRequiredFeature<Caller>();
        if (caller.Right == AdminRight.View)
        {
            return Refuse(caller);
        }

        var cause = new EventCause(caller.Name, Address: http.Connection.RemoteIpAddress?.ToString());
        using (events.CausedBy(CallerHeader.Read(http.Request.Headers[CallerHeader.Name], cause)))
        {
            return await next(context);
        }
    }

    // A call counts as a change unless its method or its metadata excludes that.
    private static bool Changes(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method)
        && !HttpMethods.IsHead(http.Request.Method)
        && http.GetEndpoint()?.Metadata.GetMetadata<ChangesNothing>() is null;

    private static ProblemHttpResult Refuse(Caller caller)
    {
        var (has, needed) = (AdminRightLabel.Of(caller.Right), AdminRightLabel.Of(AdminRight.Operate));
        return TypedResults.Problem(
            $"The token '{caller.Name}' has the right {has}, and this call needs the right {needed}: nothing was done.",
            statusCode: StatusCodes.Status403Forbidden,
            extensions: [KeyValuePair.Create("missingRight", (object?)needed)]);
    }
}

/// <summary>Marks a call that changes nothing though its method may.</summary>
internal sealed record ChangesNothing;
