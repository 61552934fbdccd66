namespace WsBalancer.Proxy.Tests;

public sealed class BalancerReportTests
{
    [Fact]
    public async Task Read_BeforeTheStart_IsEmpty()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"));
        var report = app.Get<BalancerReport>();

        Assert.Empty(report.Read());
        await report.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["chat"], report.Read().Keys);
    }
}
