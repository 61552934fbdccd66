using System.Text.Json;
using WsBalancer.Proxy.Admin;

namespace WsBalancer.Cli.Admin;

/// <summary>The message of a problem document, as a sentence.</summary>
internal static class ProblemText
{
    /// <returns>Null if the answer is no problem document, or an empty one.</returns>
    public static string? In(HttpResponseMessage response, string document)
    {
        if (response.Content.Headers.ContentType?.MediaType is not "application/problem+json")
        {
            return null;
        }

        try
        {
            var problem = JsonSerializer.Deserialize(document, AdminJson.Default.ProblemAnswer);

            // The title is the name of the status, such as Conflict; the detail is a full sentence.
            var parts = new[] { problem?.Detail, problem?.Title };
            return parts.FirstOrDefault(part => !string.IsNullOrWhiteSpace(part)) is { } text
                ? $"{text.TrimEnd('.')}."
                : null;
        }
        catch (JsonException)
        {
            // The body is not the JSON that the media type declares: the caller uses the status code alone.
            return null;
        }
    }

    /// <summary>The reasons that a problem document lists.</summary>
    public static IReadOnlyList<string> ReasonsIn(string document) =>
        JsonSerializer.Deserialize(document, AdminJson.Default.ProblemAnswer)?.Reasons ?? [];
}
