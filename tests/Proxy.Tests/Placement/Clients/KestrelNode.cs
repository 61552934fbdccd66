using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WsBalancer.Proxy.Tests.Placement.Clients;

/// <summary>A node that supports only HTTP/2, in clear.</summary>
internal sealed class KestrelNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _traces = new();
    private int _handshakes;

    private KestrelNode(WebApplication app) => _app = app;

    public string Address => _app.Urls.First() + "/";

    /// <summary>The trace headers of each handshake.</summary>
    public IReadOnlyCollection<string> Traces => _traces;

    public int Handshakes => Volatile.Read(ref _handshakes);

    /// <param name="accepts">Called for each handshake: whether the node accepts it, or closes the connection.</param>
    public static async Task<KestrelNode> StartAsync(Func<Task<bool>> accepts)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel =>
            kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        var node = new KestrelNode(app);
        app.Run(async context =>
        {
            var headers = context.Request.Headers;
            node._traces.Enqueue($"{headers.TraceParent} {headers.TraceState}");
            Interlocked.Increment(ref node._handshakes);
            if (await accepts())
            {
                var tunnel = await context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();
                await tunnel.CopyToAsync(tunnel, context.RequestAborted);
            }
            else
            {
                context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
            }
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
