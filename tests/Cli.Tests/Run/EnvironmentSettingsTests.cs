using WsBalancer.Cli.Run;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Cli.Tests.Run;

public sealed class EnvironmentSettingsTests
{
    [Fact]
    public void VariableWithOneUnderscore_IsReportedWithTheOneThatIsMeant() => Assert.Equal(
        [
            "The environment variable WSBALANCER_WsBalancer__Admin__Url is ignored: expected two underscores, as in "
                + "WSBALANCER__WsBalancer__Admin__Url.",
        ],
        EnvironmentSettings.IgnoredOf(["WSBALANCER_WsBalancer__Admin__Url"]));

    // Kubernetes sets variables like the last five for services.
    [Theory]
    [InlineData("PATH")]
    [InlineData("WSBALANCERS")]
    [InlineData("WSBALANCER__WsBalancer__Admin__Url")]
    [InlineData("wsbalancer__urls")]
    [InlineData("WSBALANCER_ADMIN")]
    [InlineData("WSBALANCER_TOKEN")]
    [InlineData("WSBALANCER_SERVICE_HOST")]
    [InlineData("WSBALANCER_SERVICE_PORT_HTTP")]
    [InlineData("WSBALANCER_PORT")]
    [InlineData("WSBALANCER_PORT_8080_TCP_ADDR")]
    [InlineData("WSBALANCER_ADMIN_PORT_9900_TCP")]
    public void OtherVariable_IsNotReported(string name) => Assert.Empty(EnvironmentSettings.IgnoredOf([name]));

    [Fact]
    public void MistakeOfAVariable_NamesIt()
    {
        var mistakes = EnvironmentSettings.NameVariables(
            [
                new SettingsError("Urls", "Urls is wrong"),
                new SettingsError("WsBalancer:Admin:Url", "WsBalancer:Admin:Url is wrong"),
                new SettingsError("", "broken"),
            ],
            ["PATH", "WSBALANCER__WsBalancer__Admin__Url"]);

        Assert.Equal(
            [
                "Urls is wrong",
                "WsBalancer:Admin:Url is wrong (the environment variable WSBALANCER__WsBalancer__Admin__Url sets it)",
                "broken",
            ],
            mistakes.Select(mistake => mistake.Message));
    }
}
