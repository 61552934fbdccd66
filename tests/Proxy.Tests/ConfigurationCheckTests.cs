using Microsoft.Extensions.Configuration;

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
    public async Task Mistakes_OfYarpAndOursAreToldTogether()
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
                "WsBalanzer is not a known key: expected one of Urls, Kestrel, Logging, ReverseProxy, WsBalancer",
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
                "WsBalancer:Clusters:elsewhere: expected the name of a cluster under ReverseProxy:Clusters.",
            ],
            mistakes);
    }

    [Fact]
    public async Task ValueThatYarpCannotRead_IsToldAfterOurs()
    {
        var mistakes = await FindAsync(Right
            .With(ChatSettings.Ours + "Health:Fall", "many")
            .With(ChatSettings.Yarps + "HttpClient:MaxConnectionsPerServer", "some"));

        Assert.Equal(2, mistakes.Count);
        Assert.StartsWith("WsBalancer:Clusters:chat:Health:Fall", mistakes[0], StringComparison.Ordinal);
        Assert.StartsWith("ReverseProxy: ", mistakes[1], StringComparison.Ordinal);
        Assert.Contains("some", mistakes[1], StringComparison.Ordinal);
    }

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
        ConfigurationCheck.FindMistakesAsync(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
}
