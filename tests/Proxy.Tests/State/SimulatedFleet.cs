using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>
/// Balancers that share through a simulated Redis, which is a dictionary; each step is atomic. For each decision, the
/// decisions that its balancer had seen before are recorded, so that the expected outcome does not depend on the
/// versions under test.
/// </summary>
internal sealed class SimulatedFleet
{
    private readonly Balancer[] _balancers;
    private readonly List<Decision> _decisions = [];
    private Redis _redis = new([], []);
    private Redis _copy = new([], []);

    public SimulatedFleet(int balancers) =>
        _balancers = [.. Enumerable.Range(1, balancers).Select(i => new Balancer($"b-{i}"))];

    /// <summary>The number of compactions so far.</summary>
    public int Compactions { get; private set; }

    public async Task StepAsync(Random random)
    {
        var balancer = _balancers[random.Next(_balancers.Length)];
        switch (random.Next(14))
        {
            case < 3:
                await DecideAsync(balancer, random.Next(4), StateSample.Of(random.Next(1, 1_000)));
                break;
            case < 6:
                await DecideAsync(balancer, random.Next(4), null);
                break;
            case < 11:
                await ExchangeAsync(balancer);
                break;
            case 11:
                balancer.IsAway = !balancer.IsAway;
                break;
            case 12:
                balancer.Restart();
                break;
            default:
                await BreakRedisAsync(random);
                break;
        }
    }

    /// <summary>Reconnects all balancers, and lets them exchange until nothing changes.</summary>
    public async Task SettleAsync()
    {
        for (var (before, round) = ("", 0); Everything() != before; round++)
        {
            Assert.True(round < 10, "They change what the others have written for ever.");
            before = Everything();
            foreach (var balancer in _balancers)
            {
                balancer.IsAway = false;
                await ExchangeAsync(balancer);
            }
        }
    }

    /// <summary>
    /// Asserts that all balancers and Redis have the same records, and that these are the last decisions.
    /// </summary>
    public void AssertAgreed()
    {
        var first = _balancers[0].Store.Records;
        Assert.True(
            Array.TrueForAll(_balancers, balancer => balancer.Store.Records.Digest == first.Digest), Describe());
        Assert.True(SharedState.Read(_redis.Entries).ChangeTo(first, (_, _) => true).IsEmpty);
        foreach (var ofKey in _decisions.GroupBy(decision => decision.Key))
        {
            // Several last decisions are independent of each other, and any of them may take effect.
            var last = ofKey.Where(decision => !ofKey.Any(later => later.Before.Contains(decision))).ToList();
            Assert.True(
                last.Exists(decision => Equals(decision.Value, first.Find(ofKey.Key)?.Value)),
                $"{ofKey.Key}\n{Describe()}");
        }
    }

    private string Describe() => string.Join('\n', _balancers
        .Select(balancer => $"{balancer.Store.Content.Floor}: " + string.Join(
            ", ",
            balancer.Store.Records.All.Select(record => $"{record.Key.Node} {record.Version} {record.Value}")))
        .Append(string.Join(", ", _redis.Fields)));

    private string Everything() => string.Join('\n', _balancers
        .Select(balancer => balancer.Store.Records.Digest)
        .Concat(_redis.Fields.Select(pair => $"{pair}").Order(StringComparer.Ordinal)));

    private async Task DecideAsync(Balancer balancer, int node, WeightValue? value)
    {
        var key = StateKey.Of("chat", StateKind.Weight, $"ws-{node}");
        if (value is null && balancer.Store.Find(key) is null)
        {
            return;
        }

        var decision = new Decision(key, value, [.. balancer.Seen.Where(seen => seen.Key == key)]);
        _decisions.Add(decision);
        balancer.Seen.Add(decision);
        await balancer.Store.WriteAsync([new StateChange(key, value)], TestContext.Current.CancellationToken);
    }

    private async Task ExchangeAsync(Balancer balancer)
    {
        if (balancer.IsAway)
        {
            return;
        }

        var there = SharedState.Read(_redis.Entries);
        balancer.Seen.UnionWith(_redis.Seen);
        await balancer.Store.MergeAsync(there);
        var ours = balancer.Store.Records;
        var change = there.ChangeTo(ours, (_, _) => true);
        Apply(change);
        _redis = _redis with { Seen = [.. balancer.Seen] };
        balancer.Store.MarkShared(ours.Highest);
        balancer.Digest = ours.Digest;
        if (change.IsEmpty)
        {
            await CompactAsync(balancer, ours, there);
        }
    }

    private async Task CompactAsync(Balancer balancer, StateRecords ours, SharedState there)
    {
        var tombstones = ours.All.Where(record => record.Value is null).ToList();
        var present = _balancers.Where(other => !other.IsAway).ToList();
        if (ours.Floor.Includes(ours.Seen) || tombstones.Count == 0 || present[0] != balancer
            || present.Exists(other => other.Digest != ours.Digest))
        {
            return;
        }

        var removed = tombstones.Select(record => record.Key.ToString())
            .Select(field => KeyValuePair.Create(field, there.Fields[field]));
        Apply(new SharedChange([], [.. removed], null, ours.Seen));
        await balancer.Store.ForgetAsync(tombstones, ours.Seen);
        Compactions++;
    }

    private void Apply(SharedChange change)
    {
        var fields = new Dictionary<string, string>(_redis.Fields);
        foreach (var (record, _) in change.Set)
        {
            fields[record.Key.ToString()] = StateJson.Write(record);
        }

        foreach (var (field, _) in change.Removed)
        {
            fields.Remove(field);
        }

        if (change.Floor is { } floor)
        {
            fields[SharedState.FloorField] = $"{floor}";
        }

        if (change.Seen is { } seen)
        {
            fields[SharedState.SeenField] = $"{seen}";
        }

        _redis = _redis with { Fields = fields };
    }

    private Task BreakRedisAsync(Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                _redis = new([], []);
                break;
            case 1:
                _redis = _copy;
                break;
            default:
                _copy = _redis;
                break;
        }

        return Task.CompletedTask;
    }

    private sealed record Redis(Dictionary<string, string> Fields, HashSet<Decision> Seen)
    {
        public IEnumerable<StackExchange.Redis.HashEntry> Entries =>
            Fields.Select(pair => new StackExchange.Redis.HashEntry(pair.Key, pair.Value));
    }

    private sealed class Balancer(string id)
    {
        public StateStore Store { get; private set; } = new(id);

        public HashSet<Decision> Seen { get; } = [];

        public string? Digest { get; set; }

        public bool IsAway { get; set; }

        public void Restart() => Store = new StateStore(id).Restore(Store.Content);
    }

    private sealed class Decision(StateKey key, StateValue? value, HashSet<Decision> before)
    {
        public StateKey Key => key;

        public StateValue? Value => value;

        public HashSet<Decision> Before => before;
    }
}
