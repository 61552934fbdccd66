using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Placement;

/// <summary>Handshakes above the limit of Kestrel, which it applies after the node has accepted.</summary>
public sealed class UpgradeLimitTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-upgrades-");
    private readonly TestNode _node = new("ws-1");
    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        var settings = ChatSettings.Of(("ws-1", _node.Address))
            .With("WsBalancer:AccessLog:Path", Path.Combine(_folder.FullName, "access.log"));
        _app = BalancerApp.Build(settings, host: host => host.ConfigureKestrel(
            server => server.Limits.MaxConcurrentUpgradedConnections = 1));
        await _app.StartAsync();
        await Deadline.Until("it is healthy", () => _app.Node("ws-1").Health == NodeHealth.Healthy);
    }

    [Fact]
    public async Task HandshakesAboveIt_AreRejected_AndDoNotCountAgainstTheirNode()
    {
        var outcomes = new ConcurrentQueue<bool>();
        _app.Get<HandshakeOutcomes>().Happened += (_, succeeded) => outcomes.Enqueue(succeeded);
        using var open = await _app.HandshakeAsync("/?user=alice");
        await HandshakeTests.AssertEchoAsync(open);

        for (var i = 0; i < 3; i++)
        {
            using var response = await _app.HandshakeAsync("/?user=bob");
            await HandshakeTests.AssertProblemAsync(response, 503, "Service Unavailable");
        }

        Assert.Equal([true], outcomes);
        Assert.Equal(NodeHealth.Healthy, _app.Node("ws-1").Health);
        Assert.Single(_app.Tunnels.All);
        Assert.Equal(4, _node.Requests.Count);
        var scrape = await Scrape.OfAsync(_app.Get<BalancerRegistry>());
        Assert.Equal(3, scrape["wsbalancer_handshakes_total{cluster=\"chat\",node=\"ws-1\",outcome=\"own_fault\"}"]);
        Assert.Equal(4, scrape.SumOf("wsbalancer_handshakes_total"));
        Assert.Equal(3, scrape["wsbalancer_rejected_total{cluster=\"chat\",reason=\"other\"}"]);
        Assert.Equal(3, scrape.SumOf("wsbalancer_rejected_total"));
        Assert.Equal([("other", 503), ("other", 503), ("other", 503)], Refusals());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    // The clock of the writer does not advance, so every line is still in the queue.
    private IEnumerable<(string Reason, int? Status)> Refusals()
    {
        while (_app.Get<AccessLog>().TryTake(out var entry))
        {
            yield return (entry.Reason, entry.Status);
        }
    }
}
