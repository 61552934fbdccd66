using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class BalancersApiTests : IAsyncLifetime
{
    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(new Dictionary<string, string?>(ChatSettings.OfNodes("ws-1"))
        {
            ["Kestrel:Certificates:Spare:Password"] = "s3cret",
            ["Urls"] = "http://127.0.0.1:0",
            ["WsBalancer:Clusters:chat:Ring:Seed"] = "s3cret",
            ["ReverseProxy:Clusters:chat:Metadata:AccessKey"] = "s3cret",
            ["ReverseProxy:Clusters:other:HttpClient:WebProxy:Address"] = "http://user:s3cret@proxy.invalid/",
            ["ReverseProxy:Clusters:other:Destinations:a:Address"] = "http://a.invalid/",
            ["ReverseProxy:Routes:chat:Match:Headers:0:Name"] = "X-Key",
            ["ReverseProxy:Routes:chat:Match:Headers:0:Values:0"] = "s3cret",
            ["ReverseProxy:Routes:chat:Transforms:0:RequestHeader"] = "Authorization",
            ["ReverseProxy:Routes:chat:Transforms:0:Set"] = "Basic s3cret",
            ["Elsewhere:Setting"] = "of the application",
        });
        await _app.StartAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Balancer_WithoutRedis_IsAlone()
    {
        var answer = await _app.GetAsync("balancers");

        var only = Assert.Single(answer.Json.GetProperty("balancers").EnumerateArray());
        Assert.Equal("null null", answer.Line("shared", "redis"));
        Assert.True(only.GetProperty("self").GetBoolean());
        Assert.Equal(
            "chat true 0",
            AdminAnswer.LineOf(
                Assert.Single(only.GetProperty("clusters").EnumerateArray()), "id", "agrees", "tunnels"));
    }

    [Fact]
    public async Task OtherBalancer_IsListedWithItsVersion_AndWhetherItAgrees()
    {
        _app.Get<RedisStatus>().Where = "redis:6379";
        var own = _app.Get<BalancerReport>().Read();
        _app.Get<PeerReports>().Update(
        [
            new PeerReport("z", own, Version: "9.9"),
            new PeerReport("other", new Dictionary<string, PeerCluster>
            {
                ["chat"] = own["chat"] with { StateHash = "00" },
            }),
        ]);

        var answer = await _app.GetAsync("balancers");

        var others = answer.Json.GetProperty("balancers").EnumerateArray().Skip(1).ToArray();
        Assert.Equal("true", answer.Line("shared"));
        Assert.Equal(
            ["other null", "z 9.9"], others.Select(other => AdminAnswer.LineOf(other, "id", "version")));
        Assert.Equal(
            [false, true],
            others.Select(other => other.GetProperty("clusters")[0].GetProperty("agrees").GetBoolean()));
    }

    [Fact]
    public async Task Configuration_IsShownWithoutSecrets_AndOnlyThatOfTheBalancer()
    {
        var answer = await _app.GetAsync("configuration");

        Assert.DoesNotContain("s3cret", answer.Json.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(
            "http://proxy.invalid/",
            answer.Json.GetProperty("ReverseProxy:Clusters:other:HttpClient:WebProxy:Address").GetString());
        Assert.DoesNotContain("Elsewhere", answer.Json.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("(hidden)", answer.Json.GetProperty("Kestrel:Certificates:Spare:Password").GetString());
        Assert.Equal("(hidden)", answer.Json.GetProperty("ReverseProxy:Routes:chat:Transforms:0:Set").GetString());
        Assert.Equal(
            "http://ws-1.invalid/",
            answer.Json.GetProperty("ReverseProxy:Clusters:chat:Destinations:ws-1:Address").GetString());
    }
}
