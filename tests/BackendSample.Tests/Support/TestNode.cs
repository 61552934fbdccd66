using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Presence;
using WsBalancer.BackendSample.Serving;
using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A node in this process, on a free port.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestNode(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
    }

    // Without pushes of presence, which would arrive between the messages that a test expects.
    public static NodeOptions Options { get; } =
        new() { Name = "ws-1", Urls = "http://127.0.0.1:0", PresenceDelay = TimeSpan.Zero };

    public Uri Address { get; }

    public SessionRegistry Sessions => _app.Services.GetRequiredService<SessionRegistry>();

    public SenderRates Rates => _app.Services.GetRequiredService<SenderRates>();

    public ShedCount Shed => _app.Services.GetRequiredService<ShedCount>();

    public PresenceCounts Presence => _app.Services.GetRequiredService<PresenceCounts>();

    public MessageMemory Memory => _app.Services.GetRequiredService<MessageMemory>();

    public static Task<TestNode> StartAsync() => StartAsync(Options);

    public static Task<TestNode> StartAsync(string name, EndPoint redis) =>
        StartAsync(Options with { Name = name, Redis = redis });

    public static async Task<TestNode> StartAsync(
        NodeOptions options, Action<IServiceCollection>? configure = null)
    {
        var app = NodeHost.Build(options, services =>
        {
            services.AddLogging(logging => logging.ClearProviders());
            configure?.Invoke(services);
        });
        await app.StartAsync(Deadline.Token);
        return new TestNode(app);
    }

    public Task StopAsync() => _app.StopAsync(Deadline.Token);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
