using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Placement.Http;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace WsBalancer.Proxy.Tests.Placement;

/// <summary>Targets and headers in an application that adds its own middleware and transforms.</summary>
public sealed class TargetTransformTests
{
    [Fact]
    public async Task Target_OfAnApplication_IsAsTheClientWroteIt() =>
        Assert.Equal("/a%2Fb|%41/../c?x=%zz{}", await TargetAsync("/a%2Fb|%41/../c?x=%zz{}"));

    [Fact]
    public async Task PathThatATransformAddedLaterSets_IsEncoded_AndTheQueryIsNot() => Assert.Equal(
        "/%C3%A9%20b?x=%zz{}",
        await TargetAsync("/a%2Fb?x=%zz{}", services: services => services.AddSingleton<ITransformProvider>(
            new Transforms(context => context.Path = "/é b"))));

    [Fact]
    public async Task QueryThatATransformChanges_IsEncoded_AndThePathIsNot() => Assert.Equal(
        "/a%2Fb|?x=%7B&y=%7D",
        await TargetAsync("/a%2Fb|?x={", services: services => services.AddSingleton<ITransformProvider>(
            new Transforms(context => context.Query.Collection["y"] = "}"))));

    [Fact]
    public async Task AddressThatATransformSets_IsUsed() => Assert.Equal(
        "/other",
        await TargetAsync("/a%2Fb?x=1", services: services => services.AddSingleton<ITransformProvider>(
            new Transforms(context =>
                context.ProxyRequest.RequestUri = new Uri(new Uri(context.DestinationPrefix), "/other")))));

    [Theory]
    [InlineData("/base/a%2Fb|?x={", "/a%2Fb|?x={")]
    [InlineData("/base", "/")]
    public async Task PathBase_IsTakenAway_AndTheRestIsAsTheClientWroteIt(string target, string expected) =>
        Assert.Equal(expected, await TargetAsync(target, map: app =>
        {
            app.UsePathBase("/base");
            app.MapWsBalancer();
        }));

    [Theory]
    [InlineData("*", "", "*")]
    [InlineData("http://x", "/", "*")]
    [InlineData("http://x/", "/", "/base/")]
    [InlineData("*", "/set", "/base/set")]
    public async Task Options_OfTheNodeAsAWhole_AreThat(string target, string path, string expected)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "OPTIONS";
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        var context = new RequestTransformContext
        {
            HttpContext = http,
            ProxyRequest = new HttpRequestMessage(),
            DestinationPrefix = "http://node.example/base/",
            Path = path,
        };

        await new TargetTransform().ApplyAsync(context);

        Assert.Equal(expected, Assert.IsType<TargetUri>(context.ProxyRequest.RequestUri).Target);
    }

    [Fact]
    public async Task RewrittenPath_IsEncoded() => Assert.Equal(
        "/%C3%A9?x={",
        await TargetAsync("/a%2Fb?x={", map: app =>
        {
            app.Use((context, next) =>
            {
                context.Request.Path = "/é";
                return next(context);
            });
            app.MapWsBalancer();
        }));

    [Fact]
    public async Task Target_ToANodeOverHttp2_IsAsTheClientWroteIt()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
            server.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        await using var node = builder.Build();
        var seen = "";
        node.Run(context =>
        {
            seen = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            return Task.CompletedTask;
        });
        await node.StartAsync(TestContext.Current.CancellationToken);
        await using var app = BalancerApp.Build(ChatSettings.Of(("ws-1", node.Urls.First()))
            .With(ChatSettings.Ours + "OnMissingUserKey", "Spread")
            .With(ChatSettings.Yarps + "HttpRequest:Version", "2")
            .With(ChatSettings.Yarps + "HttpRequest:VersionPolicy", "RequestVersionExact"));
        await app.StartAsync();

        await SendAsync(app, "GET /a%2Fb|%41/../c?x=%zz{} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal("/a%2Fb|%41/../c?x=%zz{}", seen);
    }

    // The application reads header values as UTF-8; those of nodes are passed on byte for byte.
    [Fact]
    public async Task HeaderValues_OfAnApplicationThatChoseNoEncoding_Pass()
    {
        await using var node = new TestNode("ws-1");
        var seen = "";
        await using var app = BalancerApp.Build(ChatSettings.Of(("ws-1", node.Address)), map: app =>
        {
            app.Use((context, next) =>
            {
                seen = context.Request.Headers["X-Name"].ToString();
                return next(context);
            });
            app.MapWsBalancer();
        });
        await app.StartAsync();

        var answer = await SendAsync(app, "GET /?user=alice HTTP/1.1\r\nHost: x\r\nX-Name: Zoë 王\r\n\r\n");

        Assert.Equal("Zoë 王", seen);
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains(
            Encoding.Latin1.GetString("X-Name: Zoë 王\r\n"u8), Assert.Single(node.Requests), StringComparison.Ordinal);
    }

    private static async Task<string> TargetAsync(
        string target, Action<IServiceCollection>? services = null, Action<WebApplication>? map = null)
    {
        await using var node = new TestNode("ws-1");
        await using var app = BalancerApp.Build(
            ChatSettings.Of(("ws-1", node.Address)).With(ChatSettings.Ours + "OnMissingUserKey", "Spread"),
            services,
            map);
        await app.StartAsync();
        await SendAsync(app, $"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
        return Assert.Single(node.Requests).Split(' ')[1];
    }

    private static async Task<string> SendAsync(BalancerApp app, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(app.Url).Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
        var answer = new byte[4096];
        var length = await stream.ReadAsync(answer, TestContext.Current.CancellationToken);
        return Encoding.Latin1.GetString(answer, 0, length);
    }

    private sealed class Transforms(Action<RequestTransformContext> apply) : ITransformProvider
    {
        public void ValidateRoute(TransformRouteValidationContext context) => Assert.NotNull(context);

        public void ValidateCluster(TransformClusterValidationContext context) => Assert.NotNull(context);

        public void Apply(TransformBuilderContext context) => context.AddRequestTransform(transform =>
        {
            apply(transform);
            return ValueTask.CompletedTask;
        });
    }
}
