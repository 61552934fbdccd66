using System.Text.Json.Nodes;

namespace WsBalancer.Cli;

/// <summary>
/// Formats a failure without a problem document of the balancer in the form of such a document (RFC 9457).
/// </summary>
internal static class FailureJson
{
    public static string Of(CommandFailure failure)
    {
        var document = new JsonObject
        {
            ["title"] = TitleOf(failure.ExitCode),
            ["detail"] = failure.Message,
            ["exitCode"] = failure.ExitCode,
        };
        if (failure.Details.Count > 0)
        {
            document["reasons"] = new JsonArray([.. failure.Details.Select(detail => (JsonNode?)detail)]);
        }

        return document.ToJsonString();
    }

    private static string TitleOf(int exitCode) => exitCode switch
    {
        ExitCode.Usage => "Wrong usage",
        ExitCode.Unreachable => "Unreachable",
        ExitCode.Failed => "Failed",
        _ => "Interrupted",
    };
}
