using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Identity;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms.Builder;

namespace WsBalancer.Proxy.Tests.Identity;

/// <summary>A node that returns the headers it received, behind a YARP application; both on real sockets.</summary>
internal sealed class ReportingNode : IAsyncDisposable
{
    private readonly WebApplication _node;
    private readonly WebApplication _proxy;
    private readonly HttpClient _client;

    private ReportingNode(WebApplication node, WebApplication proxy)
    {
        _node = node;
        _proxy = proxy;
        _client = new HttpClient { BaseAddress = new Uri(proxy.Urls.First()) };
    }

    public static async Task<ReportingNode> StartAsync(
        TrustedProxies trusted,
        bool isRingCluster = true,
        IReadOnlyList<IReadOnlyDictionary<string, string>>? transforms = null,
        string? nodeHost = null,
        string? issuedCookie = null,
        ForwardingOptions? options = null)
    {
        var node = Create(_ => { });
        node.Run(ReportOrUpgradeAsync);
        await node.StartAsync();

        var route = new RouteConfig
        {
            RouteId = "all",
            ClusterId = "chat",
            Match = new RouteMatch { Path = "/{**any}" },
            Transforms = transforms,
        };
        var cluster = new ClusterConfig
        {
            ClusterId = "chat",
            Destinations = new Dictionary<string, DestinationConfig>
            {
                ["ws-1"] = new() { Address = node.Urls.First(), Host = nodeHost },
            },
        };
        var proxy = Create(services => services
            .AddSingleton<ITransformProvider>(
                new ForwardedHeaders(
                    () => trusted,
                    () => options ?? new ForwardingOptions(),
                    id => isRingCluster && id == "chat",
                    (_, name) => name == "X-Forwarded-User"))
            .AddReverseProxy().LoadFromMemory([route], [cluster]));
        proxy.Use((context, next) =>
        {
            if (issuedCookie is not null)
            {
                context.Response.Headers["X-Cleared"] = "yes";
                new IssuedUserCookie(issuedCookie, new(), () => trusted).Issue(context);
                context.Response.Clear();
            }

            return next(context);
        });
        proxy.MapReverseProxy();
        await proxy.StartAsync();
        return new ReportingNode(node, proxy);
    }

    public Task<HttpResponseMessage> SendAsync(params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/ws");
        request.Headers.Host = "chat.example";
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The response to a handshake; its tunnel is not used.</summary>
    public Task<HttpResponseMessage> UpgradeAsync() => SendAsync(
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));

    /// <summary>The headers that reached the node.</summary>
    public async Task<Dictionary<string, string>> ReportAsync(params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(headers);
        response.EnsureSuccessStatusCode();
        var report = await response.Content.ReadFromJsonAsync<Dictionary<string, string>>();
        return new Dictionary<string, string>(report!, StringComparer.OrdinalIgnoreCase);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _proxy.DisposeAsync();
        await _node.DisposeAsync();
    }

    private static async Task ReportOrUpgradeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            && context.Request.Headers.Upgrade == "websocket")
        {
            await using var tunnel = await upgrade.UpgradeAsync();
            return;
        }

        await context.Response.WriteAsJsonAsync(
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
    }

    private static WebApplication Create(Action<IServiceCollection> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        configure(builder.Services);
        return builder.Build();
    }
}
