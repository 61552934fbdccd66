using System.Buffers;
using System.IO.Pipelines;
using System.Reflection;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Serving;

/// <summary>
/// Gives a body to the server's answer to an HTTP/1 request that it refuses. The server would send a status and
/// <c>Content-Length: 0</c>; it leaves an answer alone that has started.
/// </summary>
/// <remarks>
/// No request has begun as far as the application is concerned, so there is no stream for a body. The head is the
/// server's, started with the status that it has set; the body goes behind it into the pipe that both write to.
/// </remarks>
internal static class BadRequestAnswer
{
    // Set when the first bytes of a connection without TLS are the preface of HTTP/2. The server answers that with a
    // GOAWAY of its own, which nothing may precede. The field is not public.
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
            // The connection has ended meanwhile, and with it the pipe.
            features.Get<IHttpRequestLifetimeFeature>()?.Abort();
        }
    }

    // Without TLS the end of the pipe, which the server reaches next, sends what is in it. With TLS the end writes what
    // is left synchronously, which may block a thread that others need: so nothing may be left.
    private static void Flush(IFeatureCollection features, PipeWriter output)
    {
        if (features.Get<ITlsHandshakeFeature>() is null)
        {
            return;
        }

        var flush = output.FlushAsync();
        if (!flush.IsCompleted)
        {
            // The client does not read: answers to requests before this one fill the pipe to its limit.
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
