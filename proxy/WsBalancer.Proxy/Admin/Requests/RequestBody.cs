using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>
/// Reads what a call says in its body, and takes nothing that it does not understand: a field that is ignored is a
/// change that somebody believes in and that was not made.
/// </summary>
internal static class RequestBody
{
    /// <summary>How long a body may be. A plan of a thousand nodes is a tenth of it.</summary>
    public const int MaxBytes = 1 << 20;

    private static readonly JsonDocumentOptions Parsing = new() { AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Reading =
        new(JsonSerializerOptions.Strict) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The body; with no field in it if there is none.</summary>
    /// <exception cref="BadHttpRequestException">It cannot be read; the message says which field, and why.</exception>
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

    // Names are looked at in full, since none may be there twice: what is no text in them is an invalid operation.
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
