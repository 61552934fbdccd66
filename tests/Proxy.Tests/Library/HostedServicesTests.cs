using Microsoft.Extensions.Hosting;

namespace WsBalancer.Proxy.Tests.Library;

/// <summary>
/// The order in which the library's hosted services start, and in which they stop, from last to first. The order is
/// behaviour: what closes tunnels at a stop is stopped before what places and counts them.
/// </summary>
public sealed class HostedServicesTests
{
    [Fact]
    public async Task Services_OfTheLibrary_StartInThisOrder()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"));

        Assert.Equal(
            [
                "DescriptorCheck", "ProcessMetrics", "LoopMetrics",
                "TunnelSweep", "BufferMetrics", "TunnelAudit",
                "StateMetrics", "StateWorker",
                "RegistrationWorker", "RingClusterWatch",
                "HealthMonitor",
                "AccessWriter",
                "PipelineCheck",
                "AdmissionControl",
                "DrainWorker",
                "Agreement",
                "RebalanceWorker", "AutoRebalance",
                "DisconnectOperations",
                "BalancerReport", "OperationMetrics",
                "UnhealthyCloser", "LifetimeWorker", "ShutdownWorker",
                "LimitMetrics",
                "AdminHost",
            ],
            app.Get<IEnumerable<IHostedService>>().Select(service => service.GetType())
                .Where(type => type.Assembly == typeof(SettingsSource).Assembly).Select(type => type.Name));
    }
}
