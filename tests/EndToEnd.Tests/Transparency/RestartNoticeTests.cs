using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>A reload logs the keys that need a restart.</summary>
public sealed class RestartNoticeTests
{
    private const string Applied = "The configuration has changed and is applied.";
    private const string Except =
        "The configuration has changed and is applied, except for the keys that are read at the start only and "
        + "need a restart: ";

    [Fact]
    public async Task ReloadOfAddressesAndServer_NamesTheKeys_UntilTheyAreAsBefore()
    {
        await using var fleet = await ScriptedFleet.Start();

        await fleet.Balancer.Write(Config(fleet)
            .Set(BalancerConfig.UrlsKey, "http://127.0.0.1:1")
            .Set("Kestrel:Limits:MaxRequestLineSize", "16KB")
            .Set("Logging:LogLevel:Default", "Debug").ToString());
        await UntilLogged(fleet.Balancer, $"{Except}Kestrel:Limits:MaxRequestLineSize, Urls.");
        Assert.DoesNotContain(Applied, fleet.Balancer.Process.Output, StringComparison.Ordinal);

        await fleet.Balancer.Write(Config(fleet).Set($"{BalancerConfig.ClusterKey}:Drain:RatePerSecond", 7).ToString());
        await UntilLogged(fleet.Balancer, Applied);
    }

    // The sections ReverseProxy and Logging are applied by a reload, and so are the default levels of the log.
    [Fact]
    public async Task ReloadOfTheLog_IsApplied()
    {
        await using var fleet = await ScriptedFleet.Start();
        const string Marker = "Microsoft.AspNetCore.Routing.EndpointMiddleware";

        await fleet.Balancer.Visit("alice");
        Assert.DoesNotContain(Marker, fleet.Balancer.Process.Output, StringComparison.Ordinal);

        await fleet.Balancer.Write(Config(fleet).Set("Logging:LogLevel:Microsoft", "Debug").ToString());
        await UntilLogged(fleet.Balancer, Applied);
        await Deadline.Until(
            "requests are logged",
            async () =>
            {
                await fleet.Balancer.Visit("alice");
                return fleet.Balancer.Process.Output.Contains(Marker, StringComparison.Ordinal);
            },
            () => fleet.Balancer.Process.Output);
    }

    private static BalancerConfig Config(ScriptedFleet fleet) => BalancerConfig.With(fleet.Nodes);

    private static Task UntilLogged(Balancer balancer, string text) => Deadline.Until(
        $"'{text}' is logged",
        () => balancer.Process.Output.Contains(text, StringComparison.Ordinal),
        () => balancer.Process.Output);
}
