using System.Net.Sockets;
using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Sockets.Names;

namespace WsBalancer.Proxy.Tests.Sockets.Names;

public sealed class NameCacheTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TimerLog _time = new();
    private readonly FakeResolver _resolver = new("10.0.0.1");
    private readonly FakeLogger<NameCache> _log = new();
    private readonly NameCache _names;

    public NameCacheTests() => _names = _resolver.Cache(_time, _log);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_AnAddress_IsThatAddress()
    {
        Assert.Equal("fd00::1", await FindAsync("fd00::1"));
        Assert.Equal(0, _resolver.Queries);
        Assert.Empty(_time.Due);
    }

    [Fact]
    public async Task Find_ManyAtOnce_QueryTheResolverOnce()
    {
        var answer = _resolver.Hang();
        var first = _names.FindAsync("node", Cancellation).AsTask();
        var second = _names.FindAsync("NODE", Cancellation).AsTask();
        await UntilQueriedAsync(1);
        Assert.False(first.IsCompleted || second.IsCompleted);

        answer.SetResult(FakeResolver.Parse("10.0.0.7"));

        Assert.Equal("10.0.0.7", (await first)[0].ToString());
        Assert.Equal("10.0.0.7", (await second)[0].ToString());
        Assert.Equal(1, _resolver.Queries);
    }

    [Fact]
    public async Task Find_AfterAChange_HasTheNewAnswerWithin30Seconds_AndNeverWaits()
    {
        await FindAsync();
        _resolver.Answer("10.0.0.2", "10.0.0.3");

        for (var queries = 1; queries < 8; queries++)
        {
            _time.Advance(15 * Second);
            Assert.True(_names.FindAsync("node", Cancellation).AsTask().IsCompletedSuccessfully);
            await UntilQueriedAsync(queries + 1);
            await UntilAsync("10.0.0.2 10.0.0.3");
        }
    }

    // No lookup during the pause: the first one after it does not return the old answer.
    [Fact]
    public async Task Find_AfterAPause_HasTheNewAnswer()
    {
        await FindAsync();
        _resolver.Answer("10.0.0.2");
        for (var queries = 1; queries < 4; queries++)
        {
            _time.Advance(15 * Second);
            await UntilQueriedAsync(queries + 1);
            await UntilRefreshedAsync(queries + 1);
        }

        var found = _names.FindAsync("node", Cancellation).AsTask();

        Assert.True(found.IsCompletedSuccessfully);
        Assert.Equal("10.0.0.2", Text(await found));
    }

    // The time of a machine advances by such a gap after a suspension.
    [Fact]
    public async Task Find_WhileTheAnswerIsTooOldAndTheResolverHasNotFailed_Waits()
    {
        await FindAsync();
        var answer = _resolver.Hang();
        _time.Advance(31 * Second);
        await UntilQueriedAsync(2);

        var found = _names.FindAsync("node", Cancellation).AsTask();
        Assert.False(found.IsCompleted);
        answer.SetResult(FakeResolver.Parse("10.0.0.2"));

        Assert.Equal("10.0.0.2", Text(await found));
    }

    [Fact]
    public async Task Find_WhileTheResolverFails_KeepsTheLastAnswer_AndLogsOnce()
    {
        await FindAsync();
        _resolver.Fail();
        _time.Advance(10 * Second);
        for (var queries = 2; queries < 12; queries++)
        {
            await Deadline.Until("the resolver has another query", () =>
            {
                _time.Advance(5 * Second);
                return _resolver.Queries >= queries;
            });
            Assert.True(_names.FindAsync("node", Cancellation).AsTask().IsCompletedSuccessfully);
            Assert.Equal("10.0.0.1", await FindAsync());
        }

        Assert.Equal(
            "The name 'node' cannot be resolved (HostNotFound); its last addresses are kept.",
            Assert.Single(_log.Collector.GetSnapshot()).Message);
        _resolver.Answer("10.0.0.2");
        await Deadline.Until("the new answer", async () =>
        {
            _time.Advance(5 * Second);
            return await FindAsync() == "10.0.0.2";
        });
        Assert.Equal(2, _log.Collector.Count);
        Assert.Equal("The name 'node' can be resolved again.", _log.LatestRecord.Message);
    }

    [Fact]
    public async Task Find_WhileTheResolverDoesNotAnswer_KeepsTheLastAnswer()
    {
        await FindAsync();
        _resolver.Hang();
        _time.Advance(15 * Second);
        await UntilQueriedAsync(2);
        await _time.Until(due => due == 10 * Second, 2);

        _time.Advance(10 * Second);
        await Deadline.Until("the failure is logged", () => _log.Collector.Count == 1);
        _time.Advance(31 * Second);

        Assert.True(_names.FindAsync("node", Cancellation).AsTask().IsCompletedSuccessfully);
        Assert.Equal("10.0.0.1", await FindAsync());
    }

    [Fact]
    public async Task Find_ANameThatHasNoAddress_Fails_AndIsQueriedAgain()
    {
        _resolver.Fail();
        var failure = await Assert.ThrowsAsync<SocketException>(() => FindAsync());
        Assert.Equal(SocketError.HostNotFound, failure.SocketErrorCode);
        _resolver.Answer();
        failure = await Assert.ThrowsAsync<SocketException>(() => FindAsync());
        Assert.Equal(SocketError.NoData, failure.SocketErrorCode);

        _resolver.Answer("10.0.0.1");

        Assert.Equal("10.0.0.1", await FindAsync());
        Assert.Empty(_log.Collector.GetSnapshot());
    }

    [Fact]
    public async Task AGoodAddress_IsFirst_ForAsLongAsItIsAmongTheAnswers()
    {
        _resolver.Answer("fd00::1", "10.0.0.1");
        var found = await _names.FindAsync("node", Cancellation);

        found.Connected(found[1]);
        Assert.Equal("10.0.0.1 fd00::1", await FindAsync());

        _resolver.Answer("fd00::1", "10.0.0.2");
        _time.Advance(15 * Second);
        await UntilAsync("fd00::1 10.0.0.2");
        _resolver.Answer("fd00::1", "10.0.0.1");
        _time.Advance(15 * Second);
        await UntilAsync("10.0.0.1 fd00::1");
    }

    [Fact]
    public async Task AnUnusedName_IsForgotten()
    {
        await FindAsync();
        _time.Advance(TimeSpan.FromHours(3));
        await Deadline.Until("no more questions", () =>
        {
            var queries = _resolver.Queries;
            _time.Advance(30 * Second);
            return queries == _resolver.Queries;
        });

        var queries = _resolver.Queries;
        Assert.Equal("10.0.0.1", await FindAsync());
        Assert.Equal(queries + 1, _resolver.Queries);
    }

    public void Dispose() => _names.Dispose();

    private static string Text(HostAddresses addresses) =>
        string.Join(' ', Enumerable.Range(0, addresses.Count).Select(i => addresses[i]));

    private async Task<string> FindAsync(string host = "node") => Text(await _names.FindAsync(host, Cancellation));

    private Task UntilQueriedAsync(int count) =>
        Deadline.Until($"the resolver has {count} queries", () => _resolver.Queries == count);

    // Each query has its own deadline, which is set before the answer.
    private Task UntilRefreshedAsync(int count) => _time.Until(due => due == 10 * Second, count);

    private Task UntilAsync(string addresses) =>
        Deadline.Until($"the answer is {addresses}", async () => await FindAsync() == addresses);
}
