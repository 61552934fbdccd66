using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admin.Callers;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class AdminGuardTests
{
    private const string Api = "/api/v1/clusters";

    [Theory]
    [InlineData("127.0.0.1:9900", 200)]
    [InlineData("localhost:9900", 200)]
    [InlineData("LOCALHOST", 200)]
    [InlineData("127.3.2.1", 200)]
    [InlineData("[::1]:9900", 200)]
    [InlineData("evil.example", 400)]
    [InlineData("localhost.evil.example", 400)]
    [InlineData("127.0.0.1.evil.example", 400)]
    [InlineData("192.168.0.1:9900", 400)]
    [InlineData("0.0.0.0", 400)]
    [InlineData("", 400)]
    public async Task WithoutAToken_OnlyLoopbackNamesAreAnswered(string host, int status) =>
        Assert.Equal(status, await SendAsync(null, "GET", Api, ("Host", host)));

    // DNS rebinding: a page whose name resolves to this machine can read the responses to its browser. A probe over
    // HTTP/1.0 has no Host.
    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task WithoutAToken_ProbesAndScrapesAreOpenToLoopbackNamesOnly(string path)
    {
        Assert.Equal(400, await SendAsync(null, "GET", path, ("Host", "evil.example")));
        Assert.Equal(400, await SendAsync(null, "GET", path, ("Host", "10.0.0.7:9900")));
        Assert.Equal(200, await SendAsync(null, "GET", path, ("Host", "127.0.0.1:9900")));
        Assert.Equal(200, await SendAsync(null, "GET", path, ("Host", "localhost")));
        Assert.Equal(200, await SendAsync(null, "OPTIONS", path));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/Metrics")]
    [InlineData("/metrics/")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/v1/events")]
    public async Task WithoutAToken_NothingElseIsOpenWithoutAName(string path)
    {
        Assert.Equal(400, await SendAsync(null, "GET", path, ("Host", "evil.example")));
        Assert.Equal(400, await SendAsync(null, "GET", path));
    }

    [Theory]
    [InlineData("POST", "https://evil.example", 403)]
    [InlineData("DELETE", "http://localhost:9901", 403)]
    [InlineData("PATCH", "https://localhost:9900", 403)]
    [InlineData("PUT", "null", 403)]
    [InlineData("POST", "http://localhost:9900", 200)]
    [InlineData("POST", null, 200)]
    [InlineData("GET", "https://evil.example", 200)]
    [InlineData("HEAD", "https://evil.example", 200)]
    public async Task WithoutAToken_ChangesFromAnotherOriginAreRefused(string method, string? origin, int status) =>
        Assert.Equal(status, await SendAsync(null, method, Api, ("Host", "localhost:9900"), ("Origin", origin)));

    [Theory]
    [InlineData("Bearer secret", 200)]
    [InlineData("bearer  secret ", 200)]
    [InlineData("Bearer Secret", 401)]
    [InlineData("Bearer secret2", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("Basic secret", 401)]
    [InlineData("Digest secret", 401)]
    [InlineData("secret", 401)]
    [InlineData(null, 401)]
    public async Task WithAToken_ItIsRequired(string? authorization, int status) => Assert.Equal(
        status,
        await SendAsync(
            "secret", "POST", Api, ("Host", "lb.example"), ("Origin", "https://x"), ("Authorization", authorization)));

    [Theory]
    [InlineData("/livez", 200)]
    [InlineData("/readyz", 200)]
    [InlineData("/metrics", 200)]
    [InlineData("/metrics/", 401)]
    [InlineData("/Metrics", 401)]
    [InlineData("/openapi/v1.json", 401)]
    [InlineData("/", 401)]
    public async Task WithAToken_ProbesAndScrapesAreOpen(string path, int status) =>
        Assert.Equal(status, await SendAsync("secret", "GET", path, ("Host", "lb.example")));

    private static async Task<int> SendAsync(
        string? token, string method, string path, params (string Name, string? Value)[] headers)
    {
        var context = new DefaultHttpContext
        {
            RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider(),
        };
        context.Request.Scheme = "http";
        context.Request.Method = method;
        context.Request.Path = path;
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            context.Request.Headers[name] = value;
        }

        var options = new AdminOptions { Token = token };
        var tokens = new AdminTokens(options, "/", TimeProvider.System, NullLogger.Instance);
        var guard = new AdminGuard(_ => Task.CompletedTask, options, tokens);
        await guard.InvokeAsync(context);
        Assert.Equal(
            context.Response.StatusCode == StatusCodes.Status401Unauthorized ? "Bearer" : "",
            context.Response.Headers.WWWAuthenticate.ToString());
        return context.Response.StatusCode;
    }
}
