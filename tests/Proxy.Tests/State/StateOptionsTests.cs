using System.Net;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

public sealed class StateOptionsTests
{
    private readonly List<SettingsError> _mistakes = [];

    [Fact]
    public void Path_IsRelativeToTheFolderOfTheConfiguration()
    {
        var folder = Path.GetFullPath("/etc/balancer");

        Assert.Equal(Path.Combine(folder, "wsbalancer.state.json"), new StateOptions().FileIn(folder));
        Assert.Equal(Path.GetFullPath("/var/s.json"), new StateOptions { Path = "/var/s.json" }.FileIn(folder));
    }

    [Theory]
    [InlineData("off")]
    [InlineData("None")]
    public void Off_IsNoFileAndNoRedis(string off)
    {
        var options = Read(("Path", off), ("Redis", off));

        Assert.Empty(_mistakes);
        Assert.Null(options.FileIn("/"));
        Assert.False(options.IsShared);
    }

    [Theory]
    [InlineData("127.0.0.1:6379")]
    [InlineData("127.0.0.1:6379,password=hunter2,ssl=false")]
    public void Redis_IsAnAddressOrAConfigurationString(string redis)
    {
        var endpoint = Assert.Single(Read(("Redis", redis)).ParseRedis()!.EndPoints);

        Assert.Empty(_mistakes);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 6379), endpoint);
    }

    [Theory]
    [InlineData("Path", "", "WsBalancer:State:Path is '': expected the path of a file, or off")]
    [InlineData("Prefix", "a b", "WsBalancer:State:Prefix is 'a b': "
        + "expected 1 to 100 letters, digits, '.', '_', ':' and '-' (default wsbalancer)")]
    [InlineData("Id", "a/b", "WsBalancer:State:Id is 'a/b': expected 1 to 100 letters, digits, '.', '_', ':' and '-'")]
    [InlineData("Pth", "x", "WsBalancer:State:Pth is not a known key: did you mean Path?")]
    public void Mistake_IsReported(string key, string value, string mistake)
    {
        Read((key, value));

        Assert.Equal(mistake, Assert.Single(_mistakes).Message);
    }

    [Theory]
    [InlineData("127.0.0.1:6379,hunter2=hunter2")]
    [InlineData("127.0.0.1:6379,connectTimeout=hunter2")]
    [InlineData("password=hunter2")]
    public void WrongRedis_IsReportedWithoutItsPassword(string redis)
    {
        Read(("Redis", redis));

        var mistake = Assert.Single(_mistakes).Message;
        Assert.StartsWith("WsBalancer:State:Redis: expected HOST:PORT", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Id_IsTheHostAndTheAdminPort_UnlessConfigured()
    {
        Assert.Equal($"{Environment.MachineName}-9900", BalancerName.Of(new StateOptions(), 9900).Id);
        Assert.Equal("b-1", BalancerName.Of(new StateOptions { Id = "b-1" }, 9900).Id);
    }

    [Fact]
    public void Id_AtAFreePort_IsUnlikeAnyOther() => Assert.NotEqual(
        BalancerName.Of(new StateOptions(), 0).Id, BalancerName.Of(new StateOptions(), 0).Id);

    private StateOptions Read(params (string Key, string Value)[] settings) =>
        new SettingsReader(_mistakes).Read<StateOptions>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting =>
                KeyValuePair.Create($"WsBalancer:State:{setting.Key}", (string?)setting.Value)))
            .Build()
            .GetSection("WsBalancer:State"));
}
