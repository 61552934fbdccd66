namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>Scrapes a balancer repeatedly, and fails if the figures of a scrape do not agree.</summary>
internal sealed class ScrapeWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _over = new();
    private readonly Task<int> _watching;

    private ScrapeWatch(Balancer balancer) => _watching = Watch(balancer);

    public static ScrapeWatch Of(Balancer balancer) => new(balancer);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();

        Assert.True(await _watching > 1, "It was hardly scraped.");
        _over.Dispose();
    }

    private async Task<int> Watch(Balancer balancer)
    {
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        var scrapes = 0;
        while (!_over.IsCancellationRequested)
        {
            var scrape = await balancer.Scrape();
            Assert.Equal(scrape.Opened, scrape.Active + scrape.Closed);
            Assert.All(scrape.Nodes, node => Assert.Equal(
                scrape.OpenedAt(node), scrape.ActiveAt(node) + scrape.ClosedAt(node)));
            scrapes++;
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        return scrapes;
    }
}
