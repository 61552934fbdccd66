using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests;

/// <summary>
/// A YARP application with the library, in this process. When built, it has read its settings; when started, it also
/// listens and probes. Only the test advances its clock: nodes are probed once, at the start.
/// </summary>
internal sealed class BalancerApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ReloadableSettings _settings;
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { Timeout = Deadline.Default };

    private BalancerApp(WebApplication app, ReloadableSettings settings, TimerLog time)
    {
        _app = app;
        _settings = settings;
        Time = time;
    }

    public TimerLog Time { get; }

    public FleetRegistry Fleet => Get<FleetRegistry>();

    public TunnelRegistry Tunnels => Get<TunnelRegistry>();

    public FleetCluster Chat => Fleet.Find("chat")!;

    public FakeLogCollector Logs => Get<FakeLogCollector>();

    /// <summary>The address of the data host, without a trailing slash.</summary>
    public string Url => _app.Urls.First();

    /// <summary>The address of the admin host, without a trailing slash.</summary>
    public string AdminUrl => Get<AdminHost>().Addresses.First();

    public IHostApplicationLifetime Lifetime => _app.Lifetime;

    public static BalancerApp Build(
        Dictionary<string, string?> settings,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null,
        Action<IWebHostBuilder>? host = null,
        Action<IReverseProxyBuilder>? proxy = null)
    {
        var source = new ReloadableSettings(settings);
        var time = new TimerLog();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        host?.Invoke(builder.WebHost);
        ((IConfigurationBuilder)builder.Configuration).Add(source);
        builder.Logging.AddFakeLogging();
        builder.Services.AddSingleton<TimeProvider>(time);
        var yarp = builder.Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        (proxy ?? (added => added.AddWsBalancer()))(yarp);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseRouting();
        (map ?? (mapped => mapped.MapWsBalancer()))(app);
        return new BalancerApp(app, source, time);
    }

    /// <summary>Starts the application, and waits until every node of the ring clusters has been probed once.</summary>
    public static async Task<BalancerApp> StartAsync(
        Dictionary<string, string?> settings, Action<IServiceCollection>? services = null)
    {
        var app = Build(settings, services);
        await app.StartAsync();
        var nodes = app.Fleet.Clusters.Sum(cluster => cluster.Current.Nodes.Length);
        await app.Time.Until(IsBetweenProbes, nodes);
        return app;
    }

    public Task StartAsync() => _app.StartAsync(TestContext.Current.CancellationToken);

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Replaces the whole configuration, as a reload of the file does.</summary>
    public void Apply(Dictionary<string, string?> settings) => _settings.Replace(settings);

    /// <summary>Removes every node of the cluster, as an operator does by force; a reload cannot.</summary>
    public Task RemoveNodesAsync() => Get<StateStore>().WriteAsync(
        [
            .. Chat.Current.Nodes.Select(node => new StateChange(
                StateKey.Of("chat", StateKind.Removal, node.Id), new RemovalValue(true, null))),
        ],
        TestContext.Current.CancellationToken);

    public Node Node(string id) => Chat.Find(id) ?? throw new ArgumentException($"No node {id}.", nameof(id));

    /// <summary>A user whose order begins with these nodes.</summary>
    public string UserOf(params string[] order) => Enumerable.Range(0, int.MaxValue)
        .Select(i => $"user-{i}")
        .First(user => UserNodes.Of(Chat, Tunnels, Get<AdmissionControl>(), user).Order.Select(node => node.Id)
            .Take(order.Length)
            .SequenceEqual(order));

    /// <summary>Sends a request to the data host; completes with the headers of the response.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, HttpContent? content = null) =>
        _client.SendAsync(
            new HttpRequestMessage(method, Url + target) { Content = content },
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);

    /// <summary>Requests a tunnel; the stream of a 101 response is the tunnel.</summary>
    public Task<HttpResponseMessage> HandshakeAsync(string target, params string[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Url + target);
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        Add(headers, request);
        return _client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>The only tunnel, which is registered shortly after the client has received its 101.</summary>
    public async Task<Tunnel> TheTunnelAsync()
    {
        await Deadline.Until("the tunnel", () => Tunnels.Count > 0);
        return Assert.Single(Tunnels.All);
    }

    /// <summary>Sends a request to the admin host.</summary>
    public Task<HttpResponseMessage> SendAsync(string target, HttpMethod? method = null, params string[] headers)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, AdminUrl + target);
        Add(headers, request);
        return _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    private static void Add(string[] headers, HttpRequestMessage request)
    {
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim());
        }
    }

    // The default interval, ± 10 %; no other timer of an idle application is that long.
    private static bool IsBetweenProbes(TimeSpan due) => due.TotalSeconds is >= 1.8 and <= 2.2;
}
