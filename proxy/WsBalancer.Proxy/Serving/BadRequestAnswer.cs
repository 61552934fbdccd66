using System.Buffers;
using System.IO.Pipelines;
using System.Reflection;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using WsBalancer.Proxy.Admission;

namespace WsBalancer.Proxy.Serving;

/// <summary>
/// Adds a body to the server's response to an HTTP/1 request that the server rejects. The server would send a status
/// and <c>Content-Length: 0</c>, but does not change a response that has started.
/// </summary>
/// <remarks>
/// The application has no request yet, and so no stream for a body. The server writes the head, with the status that it
/// has set, and the body is written after it to the pipe of the connection.
/// </remarks>
internal static class BadRequestAnswer
{
    // Set when the first bytes of a connection without TLS are the preface of HTTP/2. The server responds with a
    // GOAWAY, which no byte may precede. The field is not public.
    private const string Http2Preface = "_http2PrefaceDetected";

    public static void Write(IFeatureCollection features, IHttpResponseFeature response, Rejection rejection)
    {
        if (features.Get<IHttp2StreamIdFeature>() is not null
            || features.Get<IConnectionTransportFeature>()?.Transport.Output is not { } output
            || features.Get<IHttpResponseBodyFeature>() is not { } body
            || HasHttp2Preface(features))
        {
            return;
        }

        response.Headers.ContentType = ProblemBody.ContentType;
        response.Headers.ContentLength = rejection.Body.Length;
        response.Headers.Connection = "close";
        try
        {
            if (!body.StartAsync().IsCompletedSuccessfully)
            {
                return;
            }

            if (!HttpMethods.IsHead(features.Get<IHttpRequestFeature>()?.Method ?? ""))
            {
                output.Write(rejection.Body.Span);
            }

            Flush(features, output);
        }
        catch (InvalidOperationException)
        {
            // The connection, and with it the pipe, was closed during the write.
            features.Get<IHttpRequestLifetimeFeature>()?.Abort();
        }
    }

    // Without TLS the completion of the pipe, which follows, sends the rest of the body. With TLS the completion writes
    // the rest synchronously, which may block a thread: so the body is flushed here.
    private static void Flush(IFeatureCollection features, PipeWriter output)
    {
        if (features.Get<ITlsHandshakeFeature>() is null)
        {
            return;
        }

        var flush = output.FlushAsync();
        if (!flush.IsCompleted)
        {
            // The client does not read: responses to earlier requests fill the pipe to its limit.
            features.Get<IHttpRequestLifetimeFeature>()?.Abort();
        }
    }

    private static bool HasHttp2Preface(IFeatureCollection features)
    {
        for (var type = features.GetType(); type is not null; type = type.BaseType)
        {
            if (type.GetField(Http2Preface, BindingFlags.Instance | BindingFlags.NonPublic) is { } field)
            {
                return field.GetValue(features) is true;
            }
        }

        return false;
    }
}
