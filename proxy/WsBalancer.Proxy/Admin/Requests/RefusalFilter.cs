using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>Maps the exceptions with which a call is refused to problem responses. No other code does.</summary>
internal sealed class RefusalFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (RefusedException ex)
        {
            return TypedResults.Problem(ex.Message, statusCode: StatusOf(ex.Kind));
        }
        catch (RecordRefusedException ex)
        {
            return TypedResults.Problem(
                $"{ex.Message} Nothing was done.", statusCode: StatusCodes.Status409Conflict);
        }
        catch (BadHttpRequestException ex)
        {
            return TypedResults.Problem(ex.Message, statusCode: ex.StatusCode);
        }
        catch (StateFileException ex)
        {
            // A change is written to the state file before it is applied.
            return TypedResults.Problem(
                $"{ex.Message} Nothing was done.", statusCode: StatusCodes.Status500InternalServerError);
        }
    }

    private static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.BadValue => StatusCodes.Status400BadRequest,
        RefusalKind.Unknown => StatusCodes.Status404NotFound,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.Stale => StatusCodes.Status412PreconditionFailed,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No status is published for this refusal."),
    };
}
