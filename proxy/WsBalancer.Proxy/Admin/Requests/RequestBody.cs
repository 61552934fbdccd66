using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>
/// Reads the JSON body of a call, and refuses unknown fields: if one were ignored, the caller would believe in a change
/// that was not made.
/// </summary>
internal static class RequestBody
{
    /// <summary>The maximum length of a body. A plan of a thousand nodes needs a tenth of it.</summary>
    public const int MaxBytes = 1 << 20;

    private static readonly JsonDocumentOptions Parsing = new() { AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Reading = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        TypeInfoResolver = AdminJson.Default,
    };

    /// <summary>Reads a body; without one, every field is missing.</summary>
    /// <exception cref="BadHttpRequestException">The body is not valid; the message names the field.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request)
        where T : class, new()
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, request.HttpContext.RequestAborted);
        var body = new T();
        if (bytes.Length > 0)
        {
            RefuseOtherContent(request);
            body = Read<T>(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        }

        return RequiredFields.Missing(body) is { } missing ? throw new BadHttpRequestException(missing) : body;
    }

    private static void RefuseOtherContent(HttpRequest request)
    {
        if (!request.HasJsonContentType())
        {
            throw new BadHttpRequestException(
                "The body has no Content-Type: expected application/json.",
                StatusCodes.Status415UnsupportedMediaType);
        }
    }

    private static T Read<T>(ReadOnlyMemory<byte> bytes)
        where T : class
    {
        using var document = Parse(bytes);
        try
        {
            return document.RootElement.Deserialize<T>(Reading)
                ?? throw new BadHttpRequestException("The body is null: expected an object.");
        }
        catch (JsonException ex)
        {
            throw new BadHttpRequestException(BodyMistake.Of(ex, document.RootElement, typeof(T)), ex);
        }
    }

    // The check for duplicate names decodes every name, and throws InvalidOperationException if one is not valid text.
    private static JsonDocument Parse(ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span))
        {
            throw new BadHttpRequestException("The body is not JSON: it is not UTF-8.");
        }

        try
        {
            return JsonDocument.Parse(bytes, Parsing);
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            throw new BadHttpRequestException($"The body is not JSON: {ex.Message}", ex);
        }
    }
}
