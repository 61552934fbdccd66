using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Cli.Tests;

/// <summary>Answers as the admin API of a balancer does, with the documents of the test.</summary>
internal sealed class StubBalancer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, (int Status, string Type, string Body)> _answers = new();

    private StubBalancer(WebApplication application) => _application = application;

    public string Address => _application.Urls.First();

    /// <summary>Path and query of every request, as they came over the wire.</summary>
    public ConcurrentQueue<string> Targets { get; } = new();

    public ConcurrentQueue<string> Authorizations { get; } = new();

    public static async Task<StubBalancer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        var application = builder.Build();
        var stub = new StubBalancer(application);
        application.Run(stub.AnswerAsync);
        await application.StartAsync();
        return stub.With("/readyz", "ok", type: "text/plain");
    }

    public StubBalancer With(string path, string body, int status = 200, string type = "application/json")
    {
        _answers[path] = (status, type, body);
        return this;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Targets.Enqueue(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());

        var (status, type, body) = _answers.GetValueOrDefault(context.Request.Path, (404, "text/plain", "not here"));
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.WriteAsync(body, context.RequestAborted);
    }
}
