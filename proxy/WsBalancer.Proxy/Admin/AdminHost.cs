using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;
using WsBalancer.Proxy.Admin.Callers;
using WsBalancer.Proxy.Admin.Listening;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Admin.Status;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Admin;

/// <summary>
/// The admin host: a server of its own beside the data host, so that no route of the data host can answer here, and so
/// that it still answers while the data host stops. Starts before the data host, and stops after it.
/// </summary>
internal sealed class AdminHost(
    AdminOptions options,
    ReadinessCheck readiness,
    BalancerRegistry metrics,
    IServiceProvider services) : IHostedLifecycleService, IAsyncDisposable
{
    // The services of the balancer that the calls use; all other services here belong to the admin host.
    private static readonly Type[] Used =
    [
        typeof(ILoggerFactory), typeof(TimeProvider), typeof(FleetRegistry), typeof(FleetPlanner), typeof(FleetChanges),
        typeof(TunnelRegistry), typeof(AdmissionControl), typeof(DrainOperations), typeof(RebalanceOperations),
        typeof(DisconnectOperations), typeof(PeerReports), typeof(BadRecords), typeof(BalancerEvents),
        typeof(BalancerStatus), typeof(BalancersReader), typeof(ConfigurationReader),
    ];

    private WebApplication? _app;
    private bool _listens;

    private string Folder => services.GetRequiredService<ConfigurationFolder>().Path;

    /// <summary>
    /// The addresses of the admin host, with the real port. Empty before the host listens, and if it is off.
    /// </summary>
    public IEnumerable<string> Addresses => _app is null ? []
        : options.SocketPath is null ? _app.Urls
        : [options.Address];

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Url is null)
        {
            return;
        }

        _app = Build();
        await _app.StartAsync(cancellationToken);
        _listens = true;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
        {
            // Deleted before the listener closes: afterwards the file could be the socket of another process.
            try
            {
                if (_listens && options.SocketPath is { } path)
                {
                    File.Delete(path);
                }
            }
            finally
            {
                await _app.StopAsync(cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private WebApplication Build()
    {
        // An empty builder, since appsettings.json and ASPNETCORE_* must not affect this server.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddServer(builder);
        AddLimits(builder.Services);
        foreach (var used in Used)
        {
            // Registered as an instance, so that the admin host does not dispose of it.
            builder.Services.AddSingleton(used, services.GetRequiredService(used));
        }

        builder.Services.AddSingleton(services.GetService<IReloads>() ?? new NoReloads());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRouting().AddOpenApi(ApiDocument.Complete);
        builder.Services.ConfigureHttpJsonOptions(
            json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Default));
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = ProblemDetail.Complete);

        var app = builder.Build();
        app.UseMiddleware<AdminGuard>(options, new AdminTokens(
            options,
            Folder,
            services.GetRequiredService<TimeProvider>(),
            app.Services.GetRequiredService<ILogger<AdminHost>>()));
        app.UseRouting();
        app.UseWhen(
            context => context.Request.Path == "/metrics",
            scrapes => scrapes.Use((context, next) =>
                metrics.ScrapeAsync(() => next(context), context.RequestAborted)));
        app.UseExceptionHandler().UseStatusCodePages();
        app.MapApi();
        app.MapOpenApi();
        app.MapMetrics("/metrics", metrics.Registry);
        app.MapHealth(readiness);
        return app;
    }

    private void AddServer(WebApplicationBuilder builder)
    {
        SettingsException.ThrowIfAny([.. options.MistakesIn(Folder)]);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(server =>
        {
            server.Limits.MaxRequestBodySize = RequestBody.MaxBytes;
            server.Configure(AdminEndpoint.Of(options, Folder), reloadOnChange: false);
        });
        if (options.SocketPath is { } path)
        {
            builder.Services.Configure<SocketTransportOptions>(
                sockets => sockets.CreateBoundListenSocket = _ => AdminSocket.Bind(path));
        }
    }

    private void AddLimits(IServiceCollection host)
    {
        host.AddSingleton(_ => new FirstByteTimeouts(
            options.FirstByteTimeout, services.GetRequiredService<TimeProvider>()));
        host.AddSingleton(provider => new ConnectionLimits(
            DescriptorBudget.KeptByAdmin,
            services.GetRequiredService<DescriptorShortage>(),
            provider.GetRequiredService<FirstByteTimeouts>())
        {
            Maximum = new ConnectionMaximum(
                () => options.MostOf(DescriptorLimit.Current),
                services.GetRequiredService<IConnectionRefusal>().AdminRefused),
        });
        LimitedTransport.Limit(host);
    }

    // The data host handles the signals, and starts and stops the admin host.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
