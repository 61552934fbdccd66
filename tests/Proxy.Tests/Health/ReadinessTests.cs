using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Tests.Health;

public sealed class ReadinessTests
{
    private readonly Readiness _readiness = new();

    [Fact]
    public void Balancer_IsReadyOnlyWhileItListensAndDoesNotStop()
    {
        Assert.Equal((false, "starting", false), State());
        _readiness.Ready();
        Assert.Equal((true, "ready", false), State());
        _readiness.SetStopping();
        Assert.Equal((false, "stopping", false), State());
        _readiness.Refuse();
        Assert.Equal((false, "stopping", true), State());
    }

    private (bool IsReady, string Name, bool IsRefusing) State() =>
        (_readiness.IsReady, _readiness.Name, _readiness.IsRefusing);
}
