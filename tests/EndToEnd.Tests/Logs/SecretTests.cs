using System.Globalization;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Logs;

/// <summary>
/// Credentials of clients, in the query or in a header, are in no line of the log: at no level of the balancer's
/// categories, and at no level of the platform's. Nor are they in the access log.
/// </summary>
public sealed class SecretTests : IAsyncLifetime
{
    private const string Secret = "s3cr3t-7f1d";
    private const string Target = $"/chat?user=alice&token={Secret}";

    private static readonly (string Name, string Value)[] Headers =
        [("authorization", $"Bearer {Secret}"), ("cookie", $"session={Secret}")];

    private readonly TestCertificate _certificate = TestCertificate.Create();
    private readonly ScriptedNode _node = ScriptedNode.Start("a");

    public static TheoryData<string, string> Logs => new()
    {
        { "io_uring", "simple" }, { "epoll", "simple" }, { "sockets", "simple" }, { "auto", "json" },
    };

    [Theory]
    [MemberData(nameof(Logs))]
    public async Task SecretOfARequest_IsInNoLine_AtTraceOfEveryCategory(string engine, string format)
    {
        await using var balancer = await Start(engine, format);

        await SendSecrets(balancer);

        var log = await LogOf(balancer);
        Assert.Contains("Microsoft.AspNetCore.Routing", log, StringComparison.Ordinal);
        Assert.Contains("Yarp.ReverseProxy.", log, StringComparison.Ordinal);
        Assert.Contains("bad_header", log, StringComparison.Ordinal);
        Assert.Contains("trce", log.Replace("trace", "trce", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestLinesOfThePlatform_AreNotTurnedOn()
    {
        await using var balancer = await Start("auto", "simple");

        await SendSecrets(balancer);

        var log = await LogOf(balancer);
        Assert.DoesNotContain("Request starting", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Proxying to", log, StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _certificate.Dispose();
        await _node.DisposeAsync();
    }

    private async Task<Balancer> Start(string engine, string format)
    {
        var config = BalancerConfig.With(_node)
            .WithTwoEndpoints(_certificate)
            .Set("WsBalancer:AccessLog:Path", "stdout")
            .Set("WsBalancer:AccessLog:Format", format == "json" ? "json" : "text")
            .Set("Logging:Console:FormatterName", format)
            .Set("Logging:Console:FormatterOptions:IncludeScopes", true);
        foreach (var category in (string[])["Default", "Microsoft", "Yarp", "System", "WsBalancer"])
        {
            config.Set($"Logging:LogLevel:{category}", "Trace");
        }

        foreach (var category in (string[])
            ["Yarp.ReverseProxy.Forwarder", "Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.Extensions.Hosting"])
        {
            config.Set($"Logging:LogLevel:{category}", "Trace");
        }

        return await Balancer.Start(config, engine);
    }

    private async Task SendSecrets(Balancer balancer)
    {
        var (clear, tls) = (balancer.UrlOf("http").Port, balancer.UrlOf("https").Port);
        await OpenAndClose(await RawClient.Connect(clear));
        await OpenAndClose(new RawClient(tls, await StreamWire(tls)));
        await using (var http2 = await Http2Connection.Connect(tls, _certificate))
        {
            using var client = await http2.Open(Target, Headers);
            await client.ReadWelcome();
        }

        // Requests that are served, refused by the balancer, and refused by its server.
        await Send(clear, $"GET {Target} HTTP/1.1\r\nHost: a\r\n{HeaderLines()}\r\n", 200);
        await Send(clear, $"POST {Target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n{HeaderLines()}\r\n", 200);
        using (var refused = await RawClient.SendRequest(clear, $"/chat?token={Secret}", Headers))
        {
            Assert.Equal(400, refused.Response.Status);
        }

        await Send(clear, $"GET {Target} HTTP/7.7\r\nHost: a\r\n\r\n", 505);
        await Send(clear, $"GET {Target}\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400);
        await Send(clear, $"GET /chat HTTP/1.1\r\nHost: a\r\nAuthorization : Bearer {Secret}\r\n\r\n", 400);
        await Send(clear, $"GET /chat HTTP/1.1\r\nHost: a\r\nHost: b\r\nCookie: {Secret}\r\n\r\n", 400);

        // A handshake that no node accepts.
        _node.Script = Script.Reset;
        using var failed = await RawClient.SendRequest(clear, Target, Headers);
        Assert.InRange(failed.Response.Status, 502, 503);
    }

    private Task<Wire.StreamWire> StreamWire(int port) => Wire.StreamWire.Connect(port, _certificate);

    private static async Task OpenAndClose(RawClient client)
    {
        using (client)
        {
            await client.Open(Target, Headers);
            await client.ReadWelcome();
            await client.Close();
        }
    }

    private static async Task Send(int port, string request, int status)
    {
        using var client = await RawClient.Connect(port);
        await client.Wire.Send(request);
        var head = await client.Wire.ReadHead();

        Assert.Equal(status, head!.Status);
    }

    private static string HeaderLines() => string.Concat(Headers.Select(header =>
        string.Create(CultureInfo.InvariantCulture, $"{header.Name}: {header.Value}\r\n")));

    // Log lines are written in order: when this line is there, all earlier lines are.
    private static async Task<string> LogOf(Balancer balancer)
    {
        balancer.Process.Send(Signal.Hangup);
        await Deadline.Until(
            "the last line",
            () => balancer.Process.Output.Contains("SIGHUP: reading the configuration", StringComparison.Ordinal),
            () => balancer.Process.Output);
        await Deadline.Until(
            "the last line of the access log",
            () => balancer.Process.Output.Contains("unreachable", StringComparison.Ordinal),
            () => balancer.Process.Output);
        return balancer.Process.Output;
    }
}
