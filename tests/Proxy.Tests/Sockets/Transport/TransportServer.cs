using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets.Engines;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>A Kestrel server on one of the transports, with an application of the test.</summary>
internal sealed class TransportServer : IAsyncDisposable
{
    /// <summary>The subject of the certificates that the clients accept.</summary>
    public const string Subject = "CN=localhost";

    private readonly WebApplication _app;

    private TransportServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Url.Port);

    public FakeLogCollector Logs => _app.Services.GetRequiredService<FakeLogCollector>();

    public EventLoops? Loops => _app.Services.GetService<EventLoops>();

    /// <summary>The number of sockets of the loops, including the listening ones.</summary>
    public int Sockets => Loops!.All.Sum(loop => loop.SocketCount);

    /// <param name="transport">One of <see cref="Transports"/>.</param>
    /// <param name="application">The handler of requests.</param>
    /// <param name="configure">Configures the server, for example its limits.</param>
    /// <param name="listen">Configures the endpoint.</param>
    /// <param name="services">Replaces services.</param>
    public static async Task<TransportServer> StartAsync(
        string transport,
        RequestDelegate application,
        Action<KestrelServerOptions>? configure = null,
        Action<ListenOptions>? listen = null,
        Action<IServiceCollection>? services = null)
    {
        var server = Build(transport, application, kestrel =>
        {
            configure?.Invoke(kestrel);
            kestrel.Listen(IPAddress.Loopback, 0, listen ?? (_ => { }));
        }, services);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Builds a server without starting it.</summary>
    public static TransportServer Build(
        string transport,
        RequestDelegate application,
        Action<KestrelServerOptions> configure,
        Action<IServiceCollection>? services = null)
    {
        var isInline = transport.EndsWith(Transports.Inline, StringComparison.Ordinal);
        var engine = (SocketEngine)SettingsScalar.Parse(
            typeof(SocketEngine), isInline ? transport[..^Transports.Inline.Length] : transport)!;
        if (engine == SocketEngine.IoUring)
        {
            Tests.Sockets.Loops.Engines.SkipWithoutUring();
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseWsBalancerSockets(sockets => sockets.PreferInlineScheduling = isInline);
        builder.WebHost.ConfigureKestrel(configure);
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new SocketsOptions { Engine = engine, Loops = 2 }.ToLoopOptions());
        builder.Services.AddSingleton<IClientRefusal, Refusals>();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.Run(application);
        return new TransportServer(app);
    }

    public Task StartAsync() => _app.StartAsync(TestContext.Current.CancellationToken);

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    /// <summary>Stops the server like a host whose shutdown timeout has passed.</summary>
    public Task StopAtOnceAsync() => _app.StopAsync(new CancellationToken(canceled: true));

    public IEnumerable<IConnectionListenerFactory> Factories =>
        _app.Services.GetServices<IConnectionListenerFactory>();

    public IReadOnlyCollection<string> Urls => [.. _app.Urls];

    public bool HasLogged(string text) =>
        Logs.GetSnapshot().Any(record => record.Message.Contains(text, StringComparison.Ordinal));

    /// <summary>Connects a client whose bytes the test specifies.</summary>
    public Task<WireClient> ConnectAsync(int? receiveBuffer = null) => WireClient.ConnectAsync(EndPoint, receiveBuffer);

    /// <summary>Creates a client that reuses its connections.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, peer, _, _) => peer?.Subject == Subject },
    })
    { BaseAddress = Url, Timeout = Deadline.Default * 3 };

    public async ValueTask DisposeAsync()
    {
        // Without a stop before it, the server's disposal blocks a thread until every connection has ended.
        await StopAtOnceAsync();
        await _app.DisposeAsync();
    }

    private sealed class Refusals : IClientRefusal
    {
        public byte[] Refused() => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
    }
}
