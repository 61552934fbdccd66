using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Serving;

/// <summary>
/// Counts and logs requests that the server rejects while it parses them, and adds the reason to the response. Such
/// requests do not reach middleware; the server publishes a diagnostic event for each before it responds.
/// </summary>
internal sealed class BadRequestListener(DiagnosticListener diagnostics, Rejecter rejecter)
    : IHostedService, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string EventName = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = diagnostics.Subscribe(this, static name => name == EventName);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // After the start of a response the server only closes the connection.
        if (value is { Key: EventName, Value: IFeatureCollection features }
            && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException error
            && features.Get<IHttpResponseFeature>() is { HasStarted: false } response)
        {
            var rejection = ServerRejection.Of(error);
            rejecter.Note(Rejecter.NoCluster, rejection, features);
            BadRequestAnswer.Write(features, response, rejection);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => _subscription?.Dispose();
}
