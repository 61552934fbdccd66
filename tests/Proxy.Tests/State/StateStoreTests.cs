using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

public sealed class StateStoreTests : IDisposable
{
    private readonly StateFolderFixture _folder = new();
    private readonly List<StateRecord> _changed = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_IsFoundAndRaised()
    {
        using var store = Follow(new StateStore("b-1"));

        Assert.Null(await WriteAsync(store, StateSample.Weight, StateSample.Of(7)));

        Assert.Equal(StateSample.Of(7), store.Find(StateSample.Weight));
        var record = StateSample.Of(StateSample.Weight, 1, StateSample.Of(7));
        Assert.Equal([record], _changed);
        Assert.Equal([record], store.Of("CHAT"));
        Assert.Empty(store.Of("other"));
    }

    [Fact]
    public async Task Write_IsNumberedAboveEverythingEverSeen()
    {
        using var store = new StateStore("b-1");
        await store.ReceiveAsync([StateSample.Of(StateSample.Drain, 41, null, "b-2")]);

        await WriteAsync(store, StateSample.Weight, StateSample.Of(7));

        Assert.Equal(new StateVersion(42, "b-1"), store.Records.Find(StateSample.Weight)!.Version);
    }

    // The number of one damaged record must not use up the numbers of the others.
    [Fact]
    public async Task Write_OfAKeyWithoutANumberAbove_IsRefused_AndEveryOtherKeyIsWritten()
    {
        using var store = Follow(new StateStore("b-1"));
        await store.ReceiveAsync([StateSample.Of(StateSample.Drain, StateVersion.HighestNumber, null, "b-2")]);
        _changed.Clear();

        var refusal = await Assert.ThrowsAsync<RecordRefusedException>(
            () => WriteAsync(store, StateSample.Drain, null));

        Assert.Contains("chat/drain/ws-2", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_changed);
        await WriteAsync(store, StateSample.Weight, StateSample.Of(7));
        Assert.Equal(1, store.Records.Find(StateSample.Weight)!.Version.Number);
    }

    [Fact]
    public async Task Write_OfAnInvalidRecord_IsRefused()
    {
        using var store = Follow(new StateStore("b-1"));

        await Assert.ThrowsAsync<RecordRefusedException>(() =>
            WriteAsync(store, StateKey.Of("chat", StateKind.Weight, "ev{il}"), StateSample.Of(7)));

        Assert.Empty(_changed);
        Assert.Empty(store.Records.All);
    }

    [Fact]
    public async Task TakingBack_LeavesATombstone_ThatAnOlderRecordDoesNotUndo()
    {
        using var store = Follow(new StateStore("b-1"));
        await WriteAsync(store, StateSample.Weight, StateSample.Of(7));
        await WriteAsync(store, StateSample.Weight, null);
        _changed.Clear();

        await store.ReceiveAsync([StateSample.Of(StateSample.Weight, 1, StateSample.Of(9), "b-9")]);

        Assert.Null(store.Find(StateSample.Weight));
        Assert.Empty(store.Of("chat"));
        Assert.Equal(2, store.Records.Find(StateSample.Weight)!.Version.Number);
        Assert.Empty(_changed);
    }

    [Fact]
    public async Task Merge_RaisesOnlyWhatChanged()
    {
        using var store = Follow(new StateStore("b-1"));
        await WriteAsync(store, StateSample.Weight, StateSample.Of(7));
        _changed.Clear();
        var newer = StateSample.Of(StateSample.Drain, 2, null, "b-2");

        await store.ReceiveAsync([StateSample.Of(StateSample.Weight, 1, StateSample.Of(7)), newer]);

        Assert.Equal([newer], _changed);
    }

    [Fact]
    public async Task Write_IsInTheFileBeforeItIsRaised()
    {
        using var store = Open();
        byte[]? kept = null;
        store.Changed += _ => kept = File.ReadAllBytes(_folder.Path);

        await WriteAsync(store, StateSample.Weight, StateSample.Of(7));

        Assert.Equal(File.ReadAllBytes(_folder.Path), kept);
    }

    [Fact]
    public async Task WriteThatCannotBeKept_ChangesNothing()
    {
        var shared = 0;
        using var store = Follow(Open(sharing: TestSharing.Of(() => ++shared > 0)));
        await WriteAsync(store, StateSample.Weight, StateSample.Of(7));
        _changed.Clear();
        await _folder.BlockAsync();

        await Assert.ThrowsAsync<StateFileException>(() => WriteAsync(store, StateSample.Weight, StateSample.Of(8)));

        Assert.Equal(StateSample.Of(7), store.Find(StateSample.Weight));
        Assert.Equal(1, store.Records.Highest);
        Assert.Empty(_changed);
        Assert.Equal(1, shared);
    }

    [Fact]
    public async Task Write_AfterARestart_IsThere()
    {
        using (var store = Open())
        {
            await WriteAsync(store, StateSample.Weight, StateSample.Of(7));
            await store.ReceiveAsync([StateSample.Of(StateSample.Drain, 5, null, "b-2")]);
        }

        using var again = Open();

        Assert.Equal(StateSample.Of(7), again.Find(StateSample.Weight));
        Assert.Equal(5, again.Records.Highest);
    }

    [Fact]
    public async Task Share_IsCalledLast_AndItsAnswerIsTheResult()
    {
        StateValue? seen = null;
        using var store = new StateStore("b-1", sharing: TestSharing.Of(() => seen is null));
        store.Changed += _ => seen = store.Find(StateSample.Weight);

        Assert.False(await WriteAsync(store, StateSample.Weight, StateSample.Of(7)));
    }

    [Fact]
    public async Task Changes_AreRaisedOneAtATime()
    {
        using var store = Open();
        var (running, most) = (0, 0);
        store.Changed += _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            Thread.Yield();
            Interlocked.Decrement(ref running);
        };

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => i % 2 == 0
            ? WriteAsync(store, StateSample.Weight, StateSample.Of(i))
            : store.ReceiveAsync([StateSample.Of(StateSample.Drain, i, null, "b-2")]))));

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Status_IsKept_AndANewerRecordIsWaiting()
    {
        using (var store = Open())
        {
            await WriteAsync(store, StateSample.Weight, StateSample.Of(7));
            store.SetStatus(store.Records.Find(StateSample.Weight)!, StateStatus.Lapsed);
            Assert.Equal(StateStatus.Lapsed, store.StatusOf(StateSample.Weight));
        }

        using (var again = Open())
        {
            Assert.Equal(StateStatus.Lapsed, again.StatusOf(StateSample.Weight));
            await again.ReceiveAsync([StateSample.Of(StateSample.Weight, 2, StateSample.Of(7), "b-2")]);
            Assert.Equal(StateStatus.Waiting, again.StatusOf(StateSample.Weight));
        }

        Assert.Equal(StateStatus.Waiting, Assert.Single(_folder.Read()).Status);
    }

    // A reload judges a record while an operator replaces it: the judgement must not apply to the new record.
    [Fact]
    public async Task Record_ThatWasReplaced_IsNotJudgedAndNotTakenBack()
    {
        using var store = Open();
        await WriteAsync(store, StateSample.Weight, StateSample.Of(7));
        var replaced = store.Records.Find(StateSample.Weight)!;
        await WriteAsync(store, StateSample.Weight, StateSample.Of(9));

        store.SetStatus(replaced, StateStatus.Lapsed);
        await store.TakeBackAsync([replaced], TestContext.Current.CancellationToken);

        Assert.Equal(StateStatus.Waiting, store.StatusOf(StateSample.Weight));
        Assert.Equal(StateSample.Of(9), store.Find(StateSample.Weight));
        await store.TakeBackAsync([store.Records.Find(StateSample.Weight)!], TestContext.Current.CancellationToken);
        Assert.Null(store.Find(StateSample.Weight));
    }

    [Fact]
    public async Task Status_IsSavedWithoutAWrite()
    {
        using var store = Open();
        await WriteAsync(store, StateSample.Weight, StateSample.Of(7));

        store.SetStatus(store.Records.Find(StateSample.Weight)!, StateStatus.InEffect);

        await Deadline.Until("it is saved once more", () =>
            File.ReadAllText(_folder.Path).Contains("inEffect", StringComparison.Ordinal));
    }

    // A drain from another balancer takes effect even if the disk is full; it is written as soon as possible.
    [Fact]
    public async Task MergeThatCannotBeKept_Holds_IsLoggedOnce_AndIsKeptLater()
    {
        var log = new FakeLogger<StateStore>();
        using var store = Open(log);
        await _folder.BlockAsync();
        var record = StateSample.Of(StateSample.Weight, 2, StateSample.Of(7), "b-2");

        await store.ReceiveAsync([record]);
        await store.ReceiveAsync([record]);

        Assert.Equal(StateSample.Of(7), store.Find(StateSample.Weight));
        Assert.Single(log.Collector.GetSnapshot());
        Directory.Delete(_folder.Next);
        await store.ReceiveAsync([record]);
        Assert.Contains("b-2", File.ReadAllText(_folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AListenerThatFails_DoesNotBlockTheOthers()
    {
        var log = new FakeLogger<StateStore>();
        var store = new StateStore("b-1", logger: log, sharing: TestSharing.Of(() => true));
        store.Changed += _ => throw new InvalidOperationException("broken");
        Follow(store);

        var shared = await WriteAsync(store, StateSample.Weight, StateSample.Of(3));

        Assert.True(shared);
        Assert.Single(_changed);
        Assert.Contains("applying it here failed", log.LatestRecord.Message, StringComparison.Ordinal);
    }

    private static Task<bool?> WriteAsync(StateStore store, StateKey key, StateValue? value) =>
        store.WriteAsync([new StateChange(key, value)], TestContext.Current.CancellationToken);

    private StateStore Follow(StateStore store)
    {
        store.Changed += _changed.AddRange;
        return store;
    }

    private StateStore Open(FakeLogger<StateStore>? log = null, Lazy<IStateSharing>? sharing = null) =>
        new StateStore("b-1", _folder.Open(), log, sharing).Load();
}
