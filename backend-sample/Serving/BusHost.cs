using Microsoft.Extensions.DependencyInjection.Extensions;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Serving;

/// <summary>The part of a node that carries messages, without its clients: for measurements and tests.</summary>
internal sealed class BusHost : IAsyncDisposable
{
    private readonly IHost _host;

    private BusHost(IHost host) => _host = host;

    public IMessageBus Bus => _host.Services.GetRequiredService<IMessageBus>();

    public IMessageStore Store => _host.Services.GetRequiredService<IMessageStore>();

    public Audience Audience => _host.Services.GetRequiredService<Audience>();

    public Subscriptions Subscriptions => _host.Services.GetRequiredService<Subscriptions>();

    public IServiceProvider Services => _host.Services;

    /// <exception cref="System.Net.Sockets.SocketException">The embedded Redis cannot listen.</exception>
    public static async Task<BusHost> StartAsync(
        NodeOptions options, CancellationToken cancellation, Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        BusServices.Add(builder.Services, options);
        configure?.Invoke(builder.Services);

        // Ctrl-C belongs to the command, and not to a host inside of it.
        builder.Services.RemoveAll<IHostLifetime>();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return new BusHost(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
