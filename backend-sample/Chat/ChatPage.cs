using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.BackendSample.Chat;

/// <summary>The chat page at <c>/</c>, and its files: they are part of the program.</summary>
internal sealed class ChatPage
{
    private readonly Dictionary<string, Asset> _assets = new(StringComparer.Ordinal)
    {
        ["/"] = Read("chat.html", "text/html; charset=utf-8"),
        ["/chat.css"] = Read("chat.css", "text/css; charset=utf-8"),
        ["/chat.js"] = Read("chat.js", "text/javascript; charset=utf-8"),
        ["/connection.js"] = Read("connection.js", "text/javascript; charset=utf-8"),
    };

    /// <summary>Whether the path is that of a file of the page.</summary>
    public bool Has(PathString path) => _assets.ContainsKey(path.Value ?? "");

    public Task WriteAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }

        var asset = _assets[request.Path.Value!];
        response.Headers.ETag = asset.Tag;
        response.Headers.CacheControl = "no-cache";
        response.Headers.XContentTypeOptions = "nosniff";

        // The page loads nothing from elsewhere, and connects to its own origin only.
        response.Headers.ContentSecurityPolicy = "default-src 'self'; img-src data:; frame-ancestors 'none'";
        if (request.Headers.IfNoneMatch == asset.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = asset.Type;
        response.ContentLength = asset.Bytes.Length;
        return HttpMethods.IsHead(request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(asset.Bytes, context.RequestAborted).AsTask();
    }

    private static Asset Read(string name, string type)
    {
        using var file = typeof(ChatPage).Assembly.GetManifestResourceStream($"Chat/{name}")
            ?? throw new InvalidOperationException($"The program has no file '{name}'.");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return new Asset(bytes, type, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
    }

    private sealed record Asset(byte[] Bytes, string Type, string Tag);
}
