using WsBalancer.Proxy.Tests.Checking;

namespace WsBalancer.Proxy.Tests;

public sealed class ConfigurationCheckTests
{
    private static readonly Dictionary<string, string?> Right = ChatSettings.OfNodes("ws-1", "ws-2");

    [Fact]
    public async Task RightConfiguration_HasNoMistakes() => Assert.Empty(await FindAsync(Right
        .With("Urls", "http://127.0.0.1:0")
        .With("Kestrel:Endpoints:Http:Url", "http://127.0.0.1:0")
        .With("Logging:LogLevel:Default", "Debug")));

    [Fact]
    public async Task Mistakes_OfYarpAndOursAreReportedTogether()
    {
        var mistakes = await FindAsync(Right
            .With("WsBalanzer:Admin:Url", "http://127.0.0.1:1")
            .With("WsBalancer:Clusters:elsewhere:UserKey", "query:user")
            .With(ChatSettings.Ours + "Health:Fall", "many")
            .WithNode("ws 3", "http://ws-3.invalid/")
            .WithNode("ws-4", "ftp://ws-4.invalid/")
            .With(ChatSettings.Yarps + "Destinations:ws-1:Metadata:Weight", "heavy")
            .With(ChatSettings.Yarps + "LoadBalancingPolicy", "Nonsense")
            .With("ReverseProxy:Routes:lost:ClusterId", "nowhere")
            .With("ReverseProxy:Routes:lost:Match:Path", "/lost"));

        Assert.Equal(
            [
                "WsBalanzer is not a known key: did you mean WsBalancer?",
                "WsBalancer:Clusters:chat:Health:Fall is 'many': expected a whole number from 1 to 1000 (default 3)",
                "ReverseProxy:Clusters:chat: No matching ILoadBalancingPolicy found for the load balancing policy "
                    + "'Nonsense' set on the cluster 'chat'.",
                "ReverseProxy:Routes:lost:ClusterId is 'nowhere': "
                    + "expected the name of a cluster under ReverseProxy:Clusters.",
                "ReverseProxy:Clusters:chat:Destinations:ws 3: a node id has letters, digits, '.', '_' and '-', "
                    + "and at most 253 of them.",
                "ReverseProxy:Clusters:chat:Destinations:ws-4:Address is 'ftp://ws-4.invalid/': "
                    + "expected http://HOST:PORT/ or https://HOST:PORT/.",
                "ReverseProxy:Clusters:chat:Destinations:ws-1:Metadata:Weight is 'heavy': "
                    + "expected a whole number from 0 to 65535 (default 1).",
                "WsBalancer:Clusters:elsewhere: YARP has no cluster 'elsewhere' (ReverseProxy:Clusters); "
                    + "expected one of 'chat'.",
            ],
            mistakes);
    }

    [Fact]
    public async Task ValueThatYarpCannotRead_IsReportedWithItsKey() => Assert.Equal(
        [
            "ReverseProxy:Clusters:chat:HttpClient:MaxConnectionsPerServer is 'some': expected a whole number",
            "WsBalancer:Clusters:chat:Health:Fall is 'many': expected a whole number from 1 to 1000 (default 3)",
        ],
        await FindAsync(Right
            .With(ChatSettings.Ours + "Health:Fall", "many")
            .With(ChatSettings.Yarps + "HttpClient:MaxConnectionsPerServer", "some")));

    [Fact]
    public async Task HeadThatDoesNotFitTheBuffer_IsReported() => Assert.Equal(
        [
            "Kestrel:Limits:MaxRequestHeadersTotalSize is 2097152: "
                + "expected no more than MaxRequestBufferSize, which is 1048576",
        ],
        await FindAsync(Right
            .With("Kestrel:Limits:MaxRequestBufferSize", "1MB")
            .With("Kestrel:Limits:MaxRequestHeadersTotalSize", "2MB")));

    [Fact]
    public async Task HeadThatIsLargerThanTheDefaultBuffer_EnlargesIt() =>
        Assert.Empty(await FindAsync(Right.With("Kestrel:Limits:MaxRequestHeadersTotalSize", "2MB")));

    [Theory]
    [InlineData("Kestrel:Limit:MaxRequestLineSize", "1", "is not a known key: did you mean Limits?")]
    [InlineData("Kestrel:Limits:MaxRequestLinesSize", "1", "is not a known key: did you mean MaxRequestLineSize?")]
    [InlineData("Kestrel:Limits:MaxRequestLineSize", "0",
        "is '0': expected a size such as 65536, 256KB or 1MB. Value must be a positive number.")]
    [InlineData("Kestrel:Limits:MaxRequestHeaderCount", "many", "is 'many': expected a whole number")]
    [InlineData("Kestrel:Limits:KeepAliveTimeout", "10",
        "is '10': expected a duration such as 500ms, 10s, 5m, 1h or 00:00:10")]
    [InlineData("Kestrel:Limits:Http2:MaxFrameSiz", "1", "is not a known key: did you mean MaxFrameSize?")]
    [InlineData("Kestrel:Limits:Http2:MaxFrameSize", "1",
        "is '1': expected a size such as 65536, 256KB or 1MB. A value between 16384 and 16777215 is required.")]
    [InlineData("Kestrel:Limits:MinRequestBodyDataRate:BytesPerSecond", "x", "is 'x': expected a number")]
    [InlineData("Kestrel:Limits:MinRequestBodyDataRate", "240", "is '240': expected a section with the keys "
        + "BytesPerSecond, GracePeriod")]
    [InlineData("Kestrel:AddServerHeadr", "true", "is not a known key: did you mean AddServerHeader?")]
    [InlineData("Kestrel:AddServerHeader", "yes", "is 'yes': expected true or false")]
    [InlineData("Kestrel:EndpointDefaults:Protocols", "Http3",
        "is 'Http3': expected one of Http1, Http2, Http1AndHttp2")]
    [InlineData("Kestrel:EndpointDefaults:SslProtocols:0", "Tls9",
        "is 'Tls9': expected one of None, Ssl2, Ssl3, Tls, Default, Tls11, Tls12, Tls13")]
    [InlineData("Kestrel:Certificates:Default:Pth", "x", "is not a known key: did you mean Path?")]
    [InlineData("Kestrel:Certificates:Default:Path", "/no/such.pem", "is '/no/such.pem': expected a file that exists")]
    [InlineData("WsBalancer:Clusters:chat:UserKey", "claim:sub",
        "is 'claim:sub': expected header:NAME, query:NAME, cookie:NAME, path:N (N from 1) or client-ip, since "
        + "wsbalancer authenticates nobody: claims are for an application with AddWsBalancer")]
    [InlineData("WsBalancer:Admin:Url", "off",
        "is 'off': expected http://ADDRESS:PORT or https://ADDRESS:PORT with an IP address or localhost and a port "
        + "from 0 to 65535, or unix:/PATH")]
    [InlineData("Logging:LogLevel:Default", "Loud",
        "is 'Loud': expected one of Trace, Debug, Information, Warning, Error, Critical, None")]
    [InlineData("Logging:LogLevels:Default", "Debug", "is not a known key: did you mean LogLevel?")]
    [InlineData("Logging:Console:FormatterName", "systemd", "is 'systemd': expected simple or json")]
    [InlineData("ReverseProxy:Rotes:x:ClusterId", "chat", "is not a known key: did you mean Routes?")]
    [InlineData("ReverseProxy:Routes:chat:Match:Mehods:0", "GET", "is not a known key: did you mean Methods?")]
    [InlineData("ReverseProxy:Routes:chat:Match:Host:0", "x", "is not a known key: did you mean Hosts?")]
    [InlineData("ReverseProxy:Routes:chat:RouteId", "chat", "is not a known key: expected one of Match, Order, "
        + "ClusterId, AuthorizationPolicy, RateLimiterPolicy, OutputCachePolicy, TimeoutPolicy, Timeout, CorsPolicy, "
        + "MaxRequestBodySize, Metadata, Transforms")]
    [InlineData("ReverseProxy:Routes:chat:Timeout", "00:00:10",
        "is '00:00:10': expected none, since wsbalancer has no such middleware")]
    [InlineData("ReverseProxy:Routes:chat:AuthorizationPolicy", "Default",
        "is 'Default': expected none or Anonymous, since wsbalancer authorizes nobody")]
    [InlineData("ReverseProxy:Clusters:chat:HealthCheck:Activ:Path", "/", "is not a known key: did you mean Active?")]
    [InlineData("ReverseProxy:Clusters:chat:HttpRequest:Version", "two",
        "is 'two': expected an HTTP version: 1.0, 1.1, 2 or 3")]
    [InlineData("ReverseProxy:Clusters:chat:HttpClient:SslProtocols:0", "Tls9",
        "is 'Tls9': expected one of None, Ssl2, Ssl3, Tls, Default, Tls11, Tls12, Tls13")]
    [InlineData("ReverseProxy:Clusters:chat:Destinations:ws-1:Adress", "http://ws-1.invalid/",
        "is not a known key: did you mean Address?")]
    [InlineData("ReverseProxy:Clusters:chat:Destinations:ws-1:Metadata:weigth", "2",
        "is not a known key: did you mean Weight?")]
    [InlineData("WsBalancer:Log:RejectionsPerSecond", "-1",
        "is '-1': expected a whole number from 0 to 10000 (default 10)")]
    public async Task WrongKeyOrValue_IsNamed(string key, string value, string mistake)
    {
        var unknown = key.Split(':');

        var reported = Assert.Single(await FindAsync(Right.With(key, value)));

        // The key of an unknown section is reported, not the keys in it.
        var named = Enumerable.Range(1, unknown.Length).Select(count => string.Join(':', unknown[..count]));
        Assert.Contains(reported, named.Select(path => $"{path} {mistake}"));
    }

    [Theory]
    [InlineData("Kestrel:Limits:MaxRequestLineSize", "64KB")]
    [InlineData("Kestrel:Limits:MaxRequestBodySize", "off")]
    [InlineData("Kestrel:Limits:MinResponseDataRate", "off")]
    [InlineData("Kestrel:Limits:KeepAliveTimeout", "00:02:10")]
    [InlineData("Kestrel:Limits:Http2:MaxStreamsPerConnection", "10")]
    [InlineData("Logging:LogLevel:Yarp.ReverseProxy", "Debug")]
    [InlineData("Logging:Console:FormatterOptions:IncludeScopes", "true")]
    [InlineData("ReverseProxy:Clusters:chat:Destinations:ws-1:Metadata:Zone", "eu-1")]
    [InlineData("ReverseProxy:Clusters:chat:Metadata:Weigth", "anything")]
    [InlineData("ReverseProxy:Routes:chat:Transforms:0:PathPrefix", "/a")]
    [InlineData("ReverseProxy:Routes:chat:AuthorizationPolicy", "Anonymous")]
    [InlineData("Urls", "http://*:82;http://localhost:0;http://[::1]:81/;http://127.0.0.1")]
    public async Task RightKey_IsNoMistake(string key, string value) =>
        Assert.Empty(await FindAsync(Right.With(key, value)));

    [Theory]
    [InlineData("http://127.0.0.1:808O")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://ws.example.com:80")]
    [InlineData("http://10.0.0.1:80/base")]
    [InlineData("ftp://10.0.0.1:80")]
    [InlineData("10.0.0.1:80")]
    public async Task AddressThatIsNone_IsAMistake(string url) => Assert.Equal(
        [
            $"Urls is '{url}': expected http://ADDRESS:PORT or https://ADDRESS:PORT with an IP address, localhost or * "
                + "(all addresses), and a port from 0 to 65535.",
        ],
        await FindAsync(Right.With("Urls", url)));

    [Fact]
    public async Task AddressWithTls_NeedsACertificate_AndOneWithoutHasNone() => Assert.Equal(
        [
            "Kestrel:Endpoints:clear:Certificate is set, but Kestrel:Endpoints:clear:Url is 'http://127.0.0.1:1': "
                + "expected https",
            "Kestrel:Endpoints:secure:Certificate is missing: expected Path (and KeyPath or Password), or Subject and "
                + "Store, here or in Kestrel:Certificates:Default",
        ],
        await FindAsync(Right
            .With("Kestrel:Endpoints:clear:Url", "http://127.0.0.1:1")
            .With("Kestrel:Endpoints:clear:Certificate:Subject", "localhost")
            .With("Kestrel:Endpoints:secure:Url", "https://127.0.0.1:2")));

    [Fact]
    public async Task SessionAffinity_BesideTheRing_IsAMistake()
    {
        var mistake = Assert.Single(await FindAsync(Right
            .With(ChatSettings.Yarps + "SessionAffinity:Enabled", "true")
            .With(ChatSettings.Yarps + "SessionAffinity:AffinityKeyName", "sid")));

        Assert.StartsWith("ReverseProxy:Clusters:chat:SessionAffinity: ", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthAddress_ThatIsNone_IsAMistake() => Assert.Equal(
        [
            "ReverseProxy:Clusters:chat:Destinations:ws-1:Health is 'ws-1:8081': "
                + "expected http://HOST:PORT/ or https://HOST:PORT/.",
        ],
        await FindAsync(Right.With(ChatSettings.Yarps + "Destinations:ws-1:Health", "ws-1:8081")));

    [Fact]
    public async Task Ring_AndItsNodes_AreCheckedTogether() => Assert.Equal(
        [
            "WsBalancer:Clusters:chat:Ring:Hash is 'md5': expected one of sdbm+avalanche, sdbm, djb2+avalanche, djb2, "
                + "wt6+avalanche, wt6, crc32+avalanche, crc32",
            "ReverseProxy:Clusters:chat:Destinations:ws-2:Metadata:RingKey is missing: expected the server's id in "
                + "HAProxy, which numbers servers by their order, and configuration keeps none.",
        ],
        await FindAsync(Right
            .With(ChatSettings.Ours + "Ring:Algorithm", "haproxy")
            .With(ChatSettings.Ours + "Ring:Hash", "md5")
            .With(ChatSettings.Yarps + "Destinations:ws-1:Metadata:RingKey", "1")));

    [Fact]
    public async Task Clusters_OfYarpAlone_AreNotHeldToTheRingsRules() => Assert.Empty(await FindAsync(Right
        .With("ReverseProxy:Clusters:plain:Destinations:any thing:Address", "http://plain.invalid/")
        .With("ReverseProxy:Clusters:plain:Destinations:any thing:Metadata:Weight", "heavy")));

    private static Task<IReadOnlyList<string>> FindAsync(Dictionary<string, string?> settings) =>
        Mistakes.InAsync(settings);
}
