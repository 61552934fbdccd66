using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>Balancers that share changes through a real Redis, which is temporarily unavailable.</summary>
public sealed class SharingTests : IAsyncDisposable
{
    private const int RedisIsAway = 709;
    private const int RedisIsBack = 710;

    private static readonly StateKey Weight = StateSample.Weight;
    private static readonly StateKey Drain = StateSample.Drain;

    private readonly RedisServer _redis = RedisServer.Away();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Change_ReachesTheOthers()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");

        Assert.True(await one.WriteAsync(Weight, StateSample.Of(7)));
        await two.UntilFound(Weight, StateSample.Of(7));
        Assert.True(await two.WriteAsync(Weight, null));

        await one.UntilFound(Weight, null);
        Assert.Equal(new StateVersion(2, "b-2"), one.Store.Records.Find(Weight)!.Version);
    }

    [Fact]
    public async Task Start_ReceivesEarlierChangesOfTheOthers()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await one.WriteAsync(Weight, StateSample.Of(7));

        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");

        Assert.Equal(StateSample.Of(7), two.Store.Find(Weight));
    }

    [Fact]
    public async Task Start_WithoutRedis_DoesNotWaitLong_AndAChangeIsSharedLater()
    {
        await using var one = new SharingBalancer(_redis, "b-1");
        var started = TimeProvider.System.GetTimestamp();

        await one.StartAsync();

        // Two seconds, plus the delay of a busy machine.
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 6);
        Assert.False(await one.WriteAsync(Weight, StateSample.Of(7)));
        Assert.Equal(StateSample.Of(7), one.Store.Find(Weight));
        await _redis.ResumeAsync();

        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");
        await two.UntilFound(Weight, StateSample.Of(7));
    }

    [Fact]
    public async Task RedisKilled_StopsNoBalancer_AndBothSidesMergeAfterwards()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");
        await one.WriteAsync(Weight, StateSample.Of(1));
        await two.UntilFound(Weight, StateSample.Of(1));

        _redis.Kill();
        Assert.False(await one.WriteAsync(Weight, StateSample.Of(2)));
        Assert.False(await two.WriteAsync(Weight, StateSample.Of(3)));
        Assert.False(await two.WriteAsync(Drain, null));
        await Deadline.Until("both noticed", () => one.LogCount(RedisIsAway) > 0 && two.LogCount(RedisIsAway) > 0);
        await _redis.ResumeAsync(isEmpty: true);

        // The two changes have the same number: the one of the greater id takes effect at both balancers.
        await one.UntilFound(Weight, StateSample.Of(3));
        await one.UntilFound(Drain, null);
        Assert.Equal(StateSample.Of(3), two.Store.Find(Weight));
        await Deadline.Until("both noticed", () => one.LogCount(RedisIsBack) == 1 && two.LogCount(RedisIsBack) == 1);
        Assert.Equal(one.Messages(RedisIsAway).Distinct(), one.Messages(RedisIsAway));
    }

    [Fact]
    public async Task EmptyRedis_IsRefilled()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await one.WriteAsync(Weight, StateSample.Of(7));
        await one.WriteAsync(Drain, null);

        _redis.Kill();
        await _redis.ResumeAsync(isEmpty: true);

        await Deadline.Until("both are there", async () =>
            await _redis.Database.HashLengthAsync("wsbalancer:state") == 3);
        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");
        await two.UntilFound(Weight, StateSample.Of(7));
        await two.UntilFound(Drain, null);
    }

    [Fact]
    public async Task OlderRedis_UndoesNothing_AndIsBroughtUpToDate()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await one.WriteAsync(Weight, StateSample.Of(7));
        await _redis.SaveAsync();
        await one.WriteAsync(Weight, null);

        _redis.Kill();
        await _redis.ResumeAsync();

        await Deadline.Until("the tombstone is there", async () =>
            (await _redis.Database.HashGetAsync("wsbalancer:state", Weight.ToString()))
                .ToString().Contains("\"value\":null", StringComparison.Ordinal));
        Assert.Null(one.Store.Find(Weight));
    }

    [Fact]
    public async Task RestartedBalancer_SharesWhatItsFileKept_AndReceivesWhatItMissed()
    {
        using var folder = new StateFolderFixture();
        await _redis.ResumeAsync();
        await using (var one = await SharingBalancer.StartAsync(_redis, "b-1", folder.Open()))
        {
            await one.WriteAsync(Weight, StateSample.Of(7));
        }

        _redis.Kill();
        await _redis.ResumeAsync(isEmpty: true);
        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");
        await two.WriteAsync(Drain, null);
        await using var again = await SharingBalancer.StartAsync(_redis, "b-1", folder.Open());

        await two.UntilFound(Weight, StateSample.Of(7));
        await again.UntilFound(Drain, null);
        Assert.Contains("b-2", await File.ReadAllTextAsync(folder.Path, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedisThatHangs_HoldsAChangeUpForAboutASecond()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await one.WriteAsync(Weight, StateSample.Of(1));
        await _redis.FreezeAsync();
        var started = TimeProvider.System.GetTimestamp();

        var shared = await one.WriteAsync(Weight, StateSample.Of(2));

        var took = TimeProvider.System.GetElapsedTime(started);
        await _redis.ThawAsync();
        Assert.False(shared);
        Assert.InRange(took.TotalSeconds, 0, 5);
        await Deadline.Until("it is shared", async () =>
            (await _redis.Database.HashGetAsync("wsbalancer:state", Weight.ToString()))
                .ToString().Contains("\"weight\":2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ManyAtOnce_LoseNothing()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");

        await Task.WhenAll(Enumerable.Range(1, 20).Select(i => (i % 2 == 0 ? one : two).WriteAsync(
            StateKey.Of("chat", StateKind.Weight, $"ws-{i}"), StateSample.Of(i))));

        await Deadline.Until("both have all", () =>
            one.Store.Of("chat").Count == 20 && two.Store.Of("chat").Count == 20);
        Assert.Equal(
            one.Store.Of("chat").OrderBy(record => record.Key.Node),
            two.Store.Of("chat").OrderBy(record => record.Key.Node));
    }

    [Fact]
    public async Task RecordInRedis_IsNeverReplacedByAnOlderOne()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");

        var writing = Task.WhenAll(WriteManyAsync(one), WriteManyAsync(two));
        var seen = new List<StateVersion>();
        while (!writing.IsCompleted)
        {
            var raw = await _redis.Database.HashGetAsync("wsbalancer:state", Weight.ToString());
            if (!raw.IsNull)
            {
                seen.Add(StateJson.Read(raw.ToString()).Version);
            }
        }

        await writing;
        Assert.Equal(seen.Order(), seen);
        Assert.True(seen.Distinct().Count() > 10, "The two hardly met.");

        static async Task WriteManyAsync(SharingBalancer balancer)
        {
            for (var i = 0; i < 100; i++)
            {
                await balancer.WriteAsync(Weight, StateSample.Of(i));
            }
        }
    }

    [Fact]
    public async Task FleetsWithPrefixesOfTheirOwn_ShareNothing()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await one.WriteAsync(Weight, StateSample.Of(7));
        await using var other = new SharingBalancer(new StateOptions
        {
            Redis = _redis.Address,
            Prefix = "elsewhere",
            Id = "b-1",
        });

        await other.StartAsync();

        Assert.Null(other.Store.Find(Weight));
    }
}
