using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy.Tests.Checking;

/// <summary>Durations in YARP's section, which have the syntax of the rest of the file.</summary>
public sealed class ProxyDurationsTests
{
    private const string Interval = ChatSettings.Yarps + "HealthCheck:Active:Interval";

    private static readonly Dictionary<string, string?> Right = ChatSettings.OfNodes("ws-1");

    [Theory]
    [InlineData("HealthCheck:Active:Interval", "2s")]
    [InlineData("HealthCheck:Active:Interval", "00:00:02")]
    [InlineData("HealthCheck:Active:Timeout", "500ms")]
    [InlineData("HealthCheck:Passive:ReactivationPeriod", "1m")]
    [InlineData("HttpRequest:ActivityTimeout", "1h")]
    public async Task Duration_InEitherSyntax_IsRead(string key, string value) =>
        Assert.Empty(await Mistakes.InAsync(Right.With(ChatSettings.Yarps + key, value)));

    // The platform would read 10 as ten days.
    [Theory]
    [InlineData("10")]
    [InlineData("2 s")]
    [InlineData("soon")]
    public async Task Duration_ThatIsNone_IsNamed(string value) => Assert.Equal(
        [$"{Interval} is '{value}': expected a duration such as 500ms, 10s, 5m, 1h or 00:00:10"],
        await Mistakes.InAsync(Right.With(Interval, value)));

    [Fact]
    public async Task Duration_IsTranslated_ForYarpAlone()
    {
        var read = await ConfigurationCheck.RunAsync(
            new ConfigurationBuilder().AddInMemoryCollection(Right
                .With(Interval, "1.5s")
                .With(ChatSettings.Ours + "Handshake:Timeout", "2s")).Build(),
            Path.GetTempPath());

        Assert.Equal(TimeSpan.FromSeconds(1.5), read.FindCluster("CHAT")!.HealthCheck!.Active!.Interval);
        Assert.Equal("00:00:01.5000000", read.Configuration[Interval]);
        Assert.Equal("2s", read.Configuration[ChatSettings.Ours + "Handshake:Timeout"]);
    }
}
