using StackExchange.Redis;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>Fields in Redis that are no valid records split no fleet, prevent no start, and are listed.</summary>
public sealed class SharedDamageTests : IAsyncDisposable
{
    private const int SetAside = 704;

    private static readonly StateKey Weight = StateSample.Weight;
    private static readonly StateKey Drain = StateSample.Drain;

    private readonly RedisServer _redis = RedisServer.Away();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Theory]
    [InlineData("damaged")]
    [InlineData("""{"number":1,"writer":"a","news":1}""")]
    [InlineData("""{"number":99,"writer":"a","news":1}""")]
    public async Task RecordThatIsSetAside_CountsAsAbsent_AtEveryBalancer(string raw)
    {
        using var folder = new StateFolderFixture();
        folder.Save(StateSample.Of(Weight, 1, StateSample.Of(7)));
        await _redis.ResumeAsync();
        await _redis.Database.HashSetAsync("wsbalancer:state", Weight.ToString(), raw);

        await using var one = await SharingBalancer.StartAsync(_redis, "b-1", folder.Open());
        await using var two = await SharingBalancer.StartAsync(_redis, "b-2");

        await two.UntilFound(Weight, StateSample.Of(7));
        Assert.Contains(raw.Length > 10 ? "'chat/weight/ws-1'" : "damaged", Assert.Single(one.Messages(SetAside)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void ValueWithAnEmptyMistake_IsSetAsideToo()
    {
        var fields = new Dictionary<string, RemoteRecord> { ["a"] = new("raw", null, "") };

        Assert.Equal([("a", "raw", "")], new SharedState(fields, RedisValue.Null, RedisValue.Null).Bad);
    }

    // A balancer of a later version can read such a record, and may write it repeatedly.
    [Fact]
    public async Task RecordThatIsWrittenAgainAndAgain_IsReplacedOnce_AndByEachLaterChange()
    {
        const string Later = """{"number":99,"writer":"a","news":1}""";
        await _redis.ResumeAsync();
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");
        await one.WriteAsync(Weight, StateSample.Of(1));
        await WriteLaterAsync();
        await Deadline.Until("it is replaced", () => HoldsAsync("\"weight\":1"));
        await WriteLaterAsync();
        await one.WriteAsync(Drain, null);

        Assert.True(await HoldsAsync("news"));
        await one.WriteAsync(Weight, StateSample.Of(2));

        Assert.True(await HoldsAsync("\"weight\":2"));
        Assert.True(one.Store.Records.Find(Weight)!.Version.Number > 99);
        Assert.Equal(1, one.LogCount(SetAside));

        Task WriteLaterAsync() => _redis.Database.HashSetAsync("wsbalancer:state", Weight.ToString(), Later);

        async Task<bool> HoldsAsync(string part) =>
            (await _redis.Database.HashGetAsync("wsbalancer:state", Weight.ToString()))
                .ToString().Contains(part, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RecordThatIsSetAside_IsListedUntilItIsDeleted()
    {
        await _redis.ResumeAsync();
        await _redis.Database.HashSetAsync("wsbalancer:state", "chat/drain/ev{il}", "{}");
        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");

        var listed = Assert.Single(one.Bad.All);
        Assert.Equal((RecordSource.SharedState, "chat"), (listed.Source, listed.Cluster));
        Assert.Contains("chat/drain/ev{il}", listed.Name, StringComparison.Ordinal);
        await _redis.Database.HashDeleteAsync("wsbalancer:state", "chat/drain/ev{il}");

        await Deadline.Until("it is no longer listed", () => one.Bad.All.Count == 0);
    }

    [Theory]
    [InlineData("b\\\"}\\n", "http://10.0.0.9:5000/")]
    [InlineData("ev{il}", "http://10.0.0.9:5000/")]
    [InlineData("ws-9", "http://u:p@10.0.0.9:5000/?q#f")]
    public async Task MemberThatTheApiWouldRefuse_IsNoNode(string node, string address)
    {
        var id = node.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
        await _redis.ResumeAsync();
        await _redis.Database.HashSetAsync("wsbalancer:state", $"chat/member/{id}", $$$"""
            {"cluster":"chat","kind":"member","node":"{{{node}}}","number":1,"writer":"x",
            "value":{"origin":"added","address":"{{{address}}}","weight":1,"ringKey":null}}
            """);

        await using var one = await SharingBalancer.StartAsync(_redis, "b-1");

        Assert.Empty(one.Store.Of("chat"));
        Assert.DoesNotContain('\n', Assert.Single(one.Messages(SetAside)));
    }

    // There is no valid number above this one, or hardly any: every balancer must still read the next records.
    [Theory]
    [InlineData(1L << 52)]
    [InlineData((1L << 52) - 1)]
    [InlineData(1L << 51)]
    [InlineData((1L << 51) - 1)]
    [InlineData(long.MaxValue)]
    public async Task RecordWithAHugeNumber_SplitsNoFleet(long number)
    {
        using var folder = new StateFolderFixture();
        await _redis.ResumeAsync();
        await _redis.Database.HashSetAsync("wsbalancer:state", Drain.ToString(), Weigh(Drain, number));
        await using (var one = await SharingBalancer.StartAsync(_redis, "b-1", folder.Open()))
        await using (var two = await SharingBalancer.StartAsync(_redis, "b-2"))
        {
            for (var weight = 2; weight < 6; weight++)
            {
                Assert.True(await one.WriteAsync(Weight, StateSample.Of(weight)));
                await two.UntilFound(Weight, StateSample.Of(weight));
            }
        }

        await using var again = await SharingBalancer.StartAsync(_redis, "b-1", folder.Open());
        Assert.Equal(StateSample.Of(5), again.Store.Find(Weight));
    }

    private static string Weigh(StateKey key, long number) =>
        $$"""{"cluster":"chat","kind":"drain","node":"{{key.Node}}","number":{{number}},"writer":"x","value":null}""";
}
