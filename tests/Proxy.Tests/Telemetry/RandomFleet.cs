using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Admin;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Telemetry;

/// <summary>
/// Random changes of a fleet, of its tunnels and their traffic, with scrapes in between that must be correct. The same
/// seed makes the same changes.
/// </summary>
internal sealed class RandomFleet(BalancerApp app, int seed) : IDisposable
{
    private static readonly string[] Ids = ["a", "b", "c"];

    private readonly Random _random = new(seed);
    private readonly List<TestTunnel> _open = [];
    private readonly List<Node> _pending = [];
    private readonly HashSet<string> _left = [];
    private Scrape _last = Scrape.Parse("");

    /// <summary>How often a node was removed and added again without a scrape in between.</summary>
    public int Returns { get; private set; }

    public async Task StepAsync()
    {
        var id = Ids[_random.Next(Ids.Length)];
        switch (_random.Next(14))
        {
            case < 4:
                Open(app.Chat.Find(id));
                break;
            case < 7 when _open.Count > 0:
                Close(_open[_random.Next(_open.Count)]);
                break;
            case 7:
                Pass();
                break;
            case 8 or 9:
                await RemoveAsync(id);
                break;
            case 10 or 11:
                await AddAsync(id);
                break;
            case 12:
                HandshakeBeginsOrEnds(app.Chat.Find(id));
                break;
            default:
                await ScrapeAsync();
                break;
        }
    }

    public void CloseAll() => _open.ToList().ForEach(Close);

    /// <summary>Scrapes, and compares every figure with the fleet and with the scrape before.</summary>
    public async Task ScrapeAsync()
    {
        var scrape = await Scrape.OfAsync(app.Get<BalancerRegistry>());
        scrape.AssertAgrees();
        foreach (var series in scrape.Series.Where(IsTotal))
        {
            Assert.True(scrape[series] >= (_last[series] ?? 0), $"{series} went back (seed {seed}).");
        }

        foreach (var id in Ids)
        {
            var open = _open.Count(tunnel => tunnel.Tunnel.Identity.Node.Id == id);
            var isRemoved = app.Chat.Find(id) is null && open == 0;
            Assert.Equal(
                isRemoved ? null : open, scrape[$"wsbalancer_tunnels_active{{cluster=\"chat\",node=\"{id}\"}}"]);
            Assert.Equal(isRemoved, !scrape.Series.Any(series => series.Contains($"node=\"{id}\"")));
        }

        _last = scrape;
        _left.Clear();
    }

    public void Dispose() => _open.ForEach(tunnel => tunnel.Dispose());

    private static bool IsTotal(string series) =>
        series.Contains("_total{", StringComparison.Ordinal) && series.Contains("node=", StringComparison.Ordinal);

    private void Open(Node? node)
    {
        if (node is not null)
        {
            _open.Add(new TestTunnel(app.Tunnels, node, $"user-{_random.Next(5)}", app.Time));
        }
    }

    private void Close(TestTunnel tunnel)
    {
        _open.Remove(tunnel);
        tunnel.End((TunnelEnd)_random.Next(TunnelEndLabel.All.Count));
        tunnel.Dispose();
    }

    private void Pass() => _open.ForEach(tunnel =>
        tunnel.Tunnel.OnForwarded((TunnelSide)_random.Next(2), _random.Next(1_000), _random.Next(10)));

    // A pending handshake keeps its node, whatever happens to the fleet.
    private void HandshakeBeginsOrEnds(Node? node)
    {
        if (node is not null)
        {
            _pending.Add(node);
        }
        else if (_pending.Count > 0)
        {
            Open(_pending[_random.Next(_pending.Count)]);
            _pending.Clear();
        }
    }

    private async Task RemoveAsync(string id)
    {
        if (app.Chat.Find(id) is { IsLeaving: false })
        {
            Assert.Equal(200, (await app.CallAsync("DELETE", $"clusters/chat/nodes/{id}")).Status);
            _left.Add(id);
        }
    }

    private async Task AddAsync(string id)
    {
        if (app.Chat.Find(id) is null or { IsLeaving: true })
        {
            var body = $$"""{"id":"{{id}}","address":"http://{{id}}.invalid/"}""";
            Assert.Equal(200, (await app.CallAsync("POST", "clusters/chat/nodes", body)).Status);
            Returns += _left.Contains(id) ? 1 : 0;
        }
    }
}
