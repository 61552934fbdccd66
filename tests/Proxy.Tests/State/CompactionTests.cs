using CsCheck;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>Records that no balancer needs are removed, and no old copy restores what they revoked.</summary>
public sealed class CompactionTests : IAsyncDisposable
{
    private const int Names = 120;

    private static readonly StateKey Weight = StateSample.Weight;

    private readonly RedisServer _redis = RedisServer.Away();
    private readonly StateFolderFixture _folder = new();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return _redis.DisposeAsync();
    }

    [Fact]
    public async Task Fleet_WhateverHappensToIt_AgreesOnWhatWasDecidedLast()
    {
        var compactions = 0;
        await Gen.Select(Gen.Int[2, 4], Gen.Int[10, 80], Gen.Int).SampleAsync(
            async (balancers, steps, seed) =>
            {
                var fleet = new SimulatedFleet(balancers);
                var random = new Random(seed);
                for (var step = 0; step < steps; step++)
                {
                    await fleet.StepAsync(random);
                }

                await fleet.SettleAsync();
                fleet.AssertAgreed();
                Interlocked.Add(ref compactions, fleet.Compactions);
            },
            iter: 5_000);
        Assert.True(compactions > 1_000, $"Records were forgotten only {compactions} times.");
    }

    [Fact]
    public async Task BalancerWithoutPeers_ForgetsAlone()
    {
        var forgettable = new TestReport().Forgettable(new PeerReports());
        using (var store = new StateStore("b-1", _folder.Open()) { Forgettable = forgettable }.Load())
        {
            await AddAndRemoveAsync(store.WriteAsync);
            await store.WriteAsync([new StateChange(Weight, StateSample.Of(7))], Cancellation);
        }

        Assert.InRange(_folder.Read().Count, 1, 101);
        using var again = new StateStore("b-1", _folder.Open()).Load();
        Assert.Equal(StateSample.Of(7), again.Find(Weight));
        Assert.True(again.Records.Highest > 2 * Names);
    }

    // The balancer ran without Redis for a while, and Redis still has the records that were removed during that time.
    [Fact]
    public async Task BalancerThatForgotAlone_LeavesItForgotten_WhenItSharesAgain()
    {
        await _redis.ResumeAsync();
        await using var other = await SharingBalancer.StartAsync(_redis, "b-2");
        await using (var before = await SharingBalancer.StartAsync(_redis, "b-1", _folder.Open()))
        {
            await before.Store.WriteAsync(All(StateSample.Of(1)), Cancellation);
        }

        var forgettable = new TestReport().Forgettable(new PeerReports());
        using (var alone = new StateStore("b-1", _folder.Open()) { Forgettable = forgettable }.Load())
        {
            await alone.WriteAsync(All(null), Cancellation);
            Assert.Empty(alone.Records.All);
        }

        await other.WriteAsync(Weight, StateSample.Of(7));
        await using var again = await SharingBalancer.StartAsync(_redis, "b-1", _folder.Open());

        await Deadline.Until("both have the same", () => other.Store.Records.Digest == again.Store.Records.Digest);
        Assert.Equal([Weight], other.Store.Of("chat").Select(record => record.Key));
    }

    // The number of the new record is below numbers that were compacted long ago.
    [Fact]
    public async Task DecisionOfABalancerThatLostItsFile_IsNotTakenForAnOldOne()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await using (var before = await SharingBalancer.StartAsync(_redis, "b-9"))
        {
            await before.Store.WriteAsync(All(StateSample.Of(1)), Cancellation);
            await before.Store.WriteAsync(All(null), Cancellation);
        }

        await Deadline.Until("it is forgotten", () => !one.Store.Records.All.Any());
        await using var lost = new SharingBalancer(_redis, "b-9");
        await lost.Store.WriteAsync([new StateChange(Weight, StateSample.Of(7))], Cancellation);

        await lost.StartAsync();

        await one.UntilFound(Weight, StateSample.Of(7));
        Assert.Equal(StateSample.Of(7), lost.Store.Find(Weight));
    }

    [Fact]
    public async Task RemovalOfANodeThatIsStillListed_IsNotSpent()
    {
        var report = new TestReport
        {
            Clusters = () => new()
            {
                ["chat"] = new("", "", new Dictionary<string, PeerNode> { ["ws-1"] = new(1, 0, null) }, null),
            },
        };
        using var store = new StateStore("b-1");
        await store.WriteAsync(
            [
                .. Enumerable.Range(1, Names).Select(i => new StateChange(
                    StateKey.Of("chat", StateKind.Removal, $"ws-{i}"), new RemovalValue(i > 2 ? false : i == 2, null))),
            ],
            Cancellation);

        var forgettable = report.Forgettable(new PeerReports()).In(store.Records);
        var kept = store.Records.All.Except(forgettable).Select(record => record.Key.Node);

        Assert.Equal(["ws-1", "ws-2"], kept.Order());
    }

    [Fact]
    public async Task Fleet_ForgetsTogether_InRedisAndInEveryFile()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1", _folder.Open());
        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");
        await two.Store.WriteAsync(All(StateSample.Of(1)), Cancellation);
        await two.Store.WriteAsync(All(null), Cancellation);
        await two.WriteAsync(Weight, StateSample.Of(7));

        await Deadline.Until("both have forgotten", () =>
            one.Store.Records.All.Count() == 1 && two.Store.Records.All.Count() == 1);

        Assert.Equal(
            ["chat/weight/ws-1", "floor", "seen"],
            (await _redis.Database.HashKeysAsync("wsbalancer:state")).Select(field => field.ToString()).Order());
        Assert.Equal(one.Store.Records.Digest, two.Store.Records.Digest);
        await one.UntilFound(Weight, StateSample.Of(7));
        await Deadline.Until("nothing else is in the file", () => File.Exists(_folder.Path)
            && StateFileReader.Read(_folder.Path).Entries.All(entry => entry.Record.Key == Weight));
    }

    // The balancer was absent during the compaction, and its file still has every node that was removed since.
    [Fact]
    public async Task OldFile_BringsNothingBack_AndItsOwnNewDecisionCounts()
    {
        await _redis.ResumeAsync();
        await using (var old = await SharingBalancer.StartAsync(_redis, "b-9", _folder.Open()))
        {
            await old.Store.WriteAsync(All(StateSample.Of(1)), Cancellation);
        }

        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await one.Store.WriteAsync(All(null), Cancellation);
        await Deadline.Until("it has forgotten", () => !one.Store.Records.All.Any());
        using (var alone = new StateStore("b-9", _folder.Open()).Load())
        {
            await alone.WriteAsync([new StateChange(Weight, StateSample.Of(7))], Cancellation);
        }

        await using var again = await SharingBalancer.StartAsync(_redis, "b-9", _folder.Open());

        await one.UntilFound(Weight, StateSample.Of(7));
        await Deadline.Until("both have the same", () => one.Store.Records.Digest == again.Store.Records.Digest);
        Assert.Equal([Weight], again.Store.Of("chat").Select(record => record.Key));
        Assert.True(again.LogCount(716) > 0, "Nobody was told of what is gone.");
    }

    [Fact]
    public async Task OldRedis_BringsNothingBack()
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");
        await one.Store.WriteAsync(All(StateSample.Of(1)), Cancellation);
        await _redis.SaveAsync();
        await one.Store.WriteAsync(All(null), Cancellation);
        await Deadline.Until("both have forgotten", () =>
            !one.Store.Records.All.Any() && !two.Store.Records.All.Any());

        _redis.Kill();
        await _redis.ResumeAsync();

        await Deadline.Until("no record is there", async () =>
            await _redis.Database.HashLengthAsync("wsbalancer:state") == 2);
        Assert.Empty(one.Store.Records.All);
        Assert.Empty(two.Store.Records.All);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("""{"b-1":4503599627370496}""")]
    [InlineData("""{"b-1":"2"}""")]
    public async Task FloorThatIsNone_IsSetAside_AndForgetsNothing(string floor)
    {
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await one.WriteAsync(Weight, StateSample.Of(7));
        await _redis.Database.HashSetAsync("wsbalancer:state", SharedState.FloorField, floor);

        await Deadline.Until("it is listed", () => one.Bad.All.Count == 1);

        Assert.Equal(StateSample.Of(7), one.Store.Find(Weight));
        Assert.True(await one.WriteAsync(Weight, StateSample.Of(8)));
    }

    [Fact]
    public void NameThatWasTakenBack_IsAboutAHundredBytes()
    {
        _folder.Save([.. Enumerable.Range(1, 1_000).Select(i => StateSample.Of(
            StateKey.Of("chat", StateKind.Member, $"ws-{i}"), i, null, "balancer-1-9900"))]);

        Assert.InRange(new FileInfo(_folder.Path).Length / 1_000, 50, 150);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static List<StateChange> All(StateValue? value) =>
    [
        .. Enumerable.Range(1, Names).Select(i => new StateChange(
            StateKey.Of("chat", StateKind.Weight, $"gone-{i}"), value)),
    ];

    private static async Task AddAndRemoveAsync(
        Func<IReadOnlyList<StateChange>, CancellationToken, Task<bool?>> writeAsync)
    {
        foreach (var change in All(null))
        {
            await writeAsync([change with { Value = StateSample.Of(1) }], Cancellation);
            await writeAsync([change], Cancellation);
        }
    }
}
