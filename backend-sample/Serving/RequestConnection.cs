using Microsoft.AspNetCore.Http;
using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Serving;

/// <summary>The stream of a request over HTTP/2, which Kestrel flushes after each write.</summary>
internal sealed class RequestConnection(HttpContext request) : ISessionConnection
{
    public bool IsBatch { get; set; }

    public void Abort() => request.Abort();
}
