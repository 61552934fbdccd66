using Microsoft.AspNetCore.Hosting;
using WsBalancer.Proxy.Tests.Sockets;
using WsBalancer.Proxy.Tests.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class ClientKeepAliveTests
{
    [Theory]
    [InlineData("io_uring")]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task ClientOfAPlainRequest_IsProbedInSilence(string engine)
    {
        if (engine == "io_uring")
        {
            Engines.SkipWithoutUring();
        }

        await using var node = new TestNode("ws-1");
        await using var app = BalancerApp.Build(
            ChatSettings.Of(("ws-1", node.Address)).With("WsBalancer:Sockets:Engine", engine),
            host: host => host.UseWsBalancerSockets());
        await app.StartAsync();
        node.OnRequest = request => request.KeepSilentAsync();

        var response = app.SendAsync(HttpMethod.Get, "/events?user=alice");

        await Deadline.Until(
            "the keep-alive timer is on",
            () => KernelSockets.HasKeepAliveTimer(new Uri(app.Url).Port, KernelSockets.Established));
        Assert.False(response.IsCompleted);
    }
}
