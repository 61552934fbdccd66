using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Admin.Changes;

/// <summary>Reads the configuration again.</summary>
internal static class ReloadEndpoints
{
    public static void MapReload(this IEndpointRouteBuilder api) =>
        api.MapPost("/reload", ReloadAsync).WithTags("Configuration").WithName("reload")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status500InternalServerError)
            .WithSummary("Reads the configuration again, and applies it if it is right.");

    private static async Task<Results<Ok<ReloadView>, ProblemHttpResult>> ReloadAsync(
        IReloads reloads,
        [FromQuery, Description("Whether even if it moves more users than WsBalancer:Reload:MaxMoved, or leaves a "
            + "cluster without nodes.")] string? force)
    {
        var result = await reloads.ReloadAsync(QueryText.Flag(nameof(force), force));
        return result.Outcome switch
        {
            ReloadOutcome.Applied or ReloadOutcome.Unchanged => TypedResults.Ok(ReloadView.From(result)),
            ReloadOutcome.Mistaken => Refuse(
                result, StatusCodes.Status409Conflict, "The configuration has mistakes and is not applied."),
            ReloadOutcome.Risky => Refuse(
                result, StatusCodes.Status409Conflict, "The configuration is not applied without force."),
            _ => Refuse(
                result, StatusCodes.Status500InternalServerError, "Applying the configuration failed."),
        };
    }

    private static ProblemHttpResult Refuse(ReloadResult result, int status, string detail) => TypedResults.Problem(
        detail, statusCode: status, extensions: [KeyValuePair.Create("reasons", (object?)result.Reasons)]);
}
