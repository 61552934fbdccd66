using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>
/// The parts of a balancer that share through Redis, and no others. The clock is the real one, since they wait for
/// another process.
/// </summary>
internal sealed class SharingBalancer : IAsyncDisposable
{
    private readonly FakeLogCollector _log = new();
    private readonly RedisLink _link;
    private readonly StateExchange _exchange;
    private readonly StateWorker _worker;
    private readonly RedisSharing _sharing;

    public SharingBalancer(RedisServer redis, string id, StateFile? file = null)
        : this(new StateOptions { Redis = redis.Address, Id = id }, file)
    {
    }

    public SharingBalancer(StateOptions options, StateFile? file = null)
    {
        var time = TimeProvider.System;
        var name = BalancerName.Of(options, 0);
        _link = new RedisLink(options, name);
        Bad = new BadRecords(time, new FakeLogger<BadRecords>(_log));
        Store = new StateStore(
            name.Id, file, new FakeLogger<StateStore>(_log), new Lazy<IStateSharing>(() => _exchange!)).Load();
        _exchange = new StateExchange(
            _link,
            Store,
            Peers,
            Report.Forgettable(Peers),
            Bad,
            name,
            time,
            new FakeLogger<StateExchange>(_log));
        Membership = new RedisMembership(
            _link, () => ["Chat", "other"], Bad, time, new FakeLogger<RedisMembership>(_log));
        Disconnections = new RedisDisconnections(_link, Bad, name, time, new FakeLogger<RedisDisconnections>(_log));
        _sharing = new RedisSharing(
            _link,
            _exchange,
            new PeerExchange(_link, Peers, Report, Store, Bad, name, time, new FakeLogger<PeerExchange>(_log)),
            Disconnections,
            Membership,
            new RedisStatus(),
            time,
            new FakeLogger<RedisSharing>(_log));
        _worker = new StateWorker(Store, _sharing, time);
    }

    public StateStore Store { get; }

    /// <summary>The records in Redis that are set aside.</summary>
    public BadRecords Bad { get; }

    public PeerReports Peers { get; } = new();

    public TestReport Report { get; } = new();

    public RedisDisconnections Disconnections { get; }

    public RedisMembership Membership { get; }

    public static async Task<SharingBalancer> StartAsync(RedisServer redis, string id, StateFile? file = null)
    {
        var balancer = new SharingBalancer(redis, id, file);
        await balancer.StartAsync();
        return balancer;
    }

    public Task StartAsync() => _worker.StartingAsync(TestContext.Current.CancellationToken);

    /// <summary>Connects without starting: only the test causes exchanges.</summary>
    public async Task ConnectAsync()
    {
        await _link.ConnectAsync();

        // After these replies, both connections are silent.
        await _link.Database.PingAsync();
        await _link.Subscriber.PingAsync();
    }

    public Task<bool> ExchangeAsync() => _exchange.ExchangeAsync();

    public Task StopAsync() => _worker.StoppedAsync(TestContext.Current.CancellationToken);

    public int LogCount(int eventId) => _log.GetSnapshot().Count(record => record.Id.Id == eventId);

    public IEnumerable<string> Messages(int eventId) =>
        _log.GetSnapshot().Where(record => record.Id.Id == eventId).Select(record => record.Message);

    public Task<bool?> WriteAsync(StateKey key, StateValue? value) =>
        Store.WriteAsync([new StateChange(key, value)], TestContext.Current.CancellationToken);

    public Task UntilFound(StateKey key, StateValue? value) =>
        Deadline.Until($"{key} is {value}", () => Store.Records.Find(key) is { } found && found.Value == value);

    public async ValueTask DisposeAsync()
    {
        await _sharing.DisposeAsync();
        await _link.DisposeAsync();
        _exchange.Dispose();
        Store.Dispose();
    }
}
