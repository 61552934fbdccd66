using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Cli.Tests;

/// <summary>A server that responds as the admin API of a balancer does, with the documents of the test.</summary>
internal sealed class StubBalancer : IAsyncDisposable
{
    private static readonly StubAnswer NotHere = new(404, "text/plain", "not here");

    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<StubAnswer>> _answers = new();

    private StubAnswer _otherwise = NotHere;

    private StubBalancer(WebApplication application) => _application = application;

    public string Address => _application.Urls.First();

    /// <summary>Every request, in the order of arrival.</summary>
    public ConcurrentQueue<StubRequest> Requests { get; } = new();

    /// <summary>Path and query of every request, as they were sent.</summary>
    public IEnumerable<string> Targets => Requests.Select(request => request.Target);

    /// <summary>The requests that are not GET requests.</summary>
    public IEnumerable<StubRequest> Changes => Requests.Where(request => request.Method is not "GET");

    public ConcurrentQueue<string> Authorizations { get; } = new();

    /// <summary>The headers in which callers identify themselves.</summary>
    public ConcurrentQueue<string> Callers { get; } = new();

    /// <summary>Called for each request before the response.</summary>
    public Action<StubRequest> OnRequest { get; set; } = _ => { };

    /// <param name="url">The address that the stub listens on.</param>
    public static async Task<StubBalancer> StartAsync(string url = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);

        var application = builder.Build();
        var stub = new StubBalancer(application);
        application.Run(stub.AnswerAsync);
        await application.StartAsync();
        return stub.With("/readyz", "ok", type: "text/plain");
    }

    /// <summary>A balancer with the cluster <c>chat</c>.</summary>
    public static async Task<StubBalancer> WithChatAsync() =>
        (await StartAsync()).With(Documents.Clusters, Documents.Chat);

    /// <summary>Sets the response for a path, whatever the method.</summary>
    public StubBalancer With(string path, string body, int status = 200, string type = "application/json") =>
        On(path, new StubAnswer(status, type, body));

    /// <summary>
    /// Sets the responses for a call, <c>POST /path</c>, or for a path, whatever the method: one after the other; the
    /// last one repeats.
    /// </summary>
    public StubBalancer On(string call, params StubAnswer[] answers)
    {
        _answers[call] = new ConcurrentQueue<StubAnswer>(answers);
        return this;
    }

    /// <summary>Sets the response for every call without a response of its own.</summary>
    public StubBalancer OnAll(StubAnswer answer)
    {
        _otherwise = answer;
        return this;
    }

    /// <summary>Runs an operator's command against this balancer.</summary>
    public Task<CommandRun> RunAsync(params string[] arguments) =>
        CommandRun.OfAsync([.. arguments, "--admin", Address]);

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = new StubRequest(
            context.Request.Method,
            context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            await reader.ReadToEndAsync(context.RequestAborted),
            context.Request.Headers.IfMatch.ToString(),
            context.Request.Headers["Last-Event-ID"].ToString());
        Requests.Enqueue(request);
        Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        Callers.Enqueue(context.Request.Headers["X-WsBalancer-By"].ToString());
        OnRequest(request);

        var answers = _answers.GetValueOrDefault($"{request.Method} {context.Request.Path}")
            ?? _answers.GetValueOrDefault(context.Request.Path);
        await NextOf(answers).WriteToAsync(context);
    }

    private StubAnswer NextOf(ConcurrentQueue<StubAnswer>? answers) => answers switch
    {
        null => _otherwise,
        { Count: > 1 } when answers.TryDequeue(out var next) => next,
        _ => answers.First(),
    };
}
