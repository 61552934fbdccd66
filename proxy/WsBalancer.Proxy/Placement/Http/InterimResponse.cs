using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// Forwards a node's interim response, such as 103 (RFC 9110 §15.2), to a client over HTTP/1.1. The server has no API
/// for interim responses, so the response is written to the connection directly, while the server has nothing to send.
/// </summary>
internal static class InterimResponse
{
    /// <summary>The client that a request to a node is for.</summary>
    public static readonly HttpRequestOptionsKey<HttpContext> ClientKey = new("WsBalancer.Client");

    private static readonly string[] HopByHop = ["Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade"];

    /// <summary>Forwards an interim response, if its client can have one.</summary>
    /// <param name="client">The client's request, which has no response yet.</param>
    /// <param name="head">The response, with its blank line.</param>
    /// <exception cref="HttpRequestException">The head is not valid.</exception>
    public static void Forward(HttpContext client, ReadOnlySpan<byte> head)
    {
        using var response = ResponseHead.Read(head, new ByteArrayContent([]));

        // The server itself sends the 100 for Expect, when the body is read for the node.
        if (HttpProtocol.IsHttp11(client.Request.Protocol)
            && client.Request.Headers.Expect.Count == 0
            && !client.Response.HasStarted
            && client.Features.Get<IConnectionTransportFeature>() is { } connection)
        {
            var written = connection.Transport.Output.WriteAsync(
                ByteHeaderEncoding.Instance.GetBytes(TextOf(response)));
            if (!written.IsCompletedSuccessfully)
            {
                _ = written.AsTask().ContinueWith(
                    static failed => _ = failed.Exception,
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted,
                    TaskScheduler.Default);
            }
        }
    }

    private static string TextOf(HttpResponseMessage response)
    {
        var text = new StringBuilder($"HTTP/1.1 {(int)response.StatusCode} {response.ReasonPhrase}\r\n");
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            foreach (var value in HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase) ? default : values)
            {
                text.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }

        return text.Append("\r\n").ToString();
    }
}
