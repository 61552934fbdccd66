using System.Net;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Redis;
using WsBalancer.BackendSample.Serving;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>Two nodes without clients, joined by a bus of any kind; with the local one, a single node.</summary>
internal sealed class BusFleet : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];
    private RedisServer? _redis;
    private EmbeddedRedis? _embedded;

    /// <summary>The names of all buses, as in <c>--bus</c>.</summary>
    public static TheoryData<string> All { get; } = ["local", "embedded", "redis", "redis-streams", "nats"];

    /// <summary>The buses with a server.</summary>
    public static TheoryData<string> Served { get; } = ["embedded", "redis", "redis-streams", "nats"];

    public FakeLog Log { get; } = new();

    public BusHost One { get; private set; } = null!;

    public BusHost Two { get; private set; } = null!;

    public RedisServer Redis => _redis!;

    public NatsServer? Nats { get; private set; }

    public static async Task<BusFleet> StartAsync(string bus, int historySize = 20_000)
    {
        var fleet = new BusFleet();
        var options = TestNode.Options with { History = new HistoryOptions { Size = historySize } };
        if (bus is "local")
        {
            fleet.One = fleet.Two = await fleet.StartAsync(options);
            return fleet;
        }

        options = await fleet.StartServersAsync(bus, options);
        fleet.One = await fleet.StartAsync(options);
        fleet.Two = await fleet.StartAsync(options with { Name = "ws-2" });
        return fleet;
    }

    /// <summary>Kills the server of the bus.</summary>
    public void Kill()
    {
        if (Nats is not null)
        {
            Nats.Kill();
        }
        else
        {
            _redis?.Kill();
            _embedded?.Dispose();
        }
    }

    /// <summary>Starts the server of the bus again.</summary>
    public async Task ResumeAsync()
    {
        if (_embedded is not null)
        {
            _embedded = EmbeddedRedis.Start(_embedded.Endpoint.Address, _embedded.Endpoint.Port);
        }
        else if (Nats is not null)
        {
            await Nats.ResumeAsync();
        }
        else
        {
            await _redis!.ResumeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
        {
            await part.DisposeAsync();
        }

        _embedded?.Dispose();
    }

    private async Task<NodeOptions> StartServersAsync(string bus, NodeOptions options)
    {
        if (bus is "embedded")
        {
            _embedded = EmbeddedRedis.Start(IPAddress.Loopback, 0);
            return options with { Redis = _embedded.Endpoint };
        }

        _parts.Add(_redis = await RedisServer.StartDurableAsync());
        if (bus is "nats")
        {
            _parts.Add(Nats = await NatsServer.StartAsync());
        }

        return options with
        {
            Redis = _redis.Endpoint,
            Nats = Nats?.Endpoint,
            Bus = bus is "redis-streams" ? BusKind.RedisStreams : null,
        };
    }

    private async Task<BusHost> StartAsync(NodeOptions options)
    {
        var host = await BusHost.StartAsync(options, Deadline.Token, Log.AddTo);
        _parts.Add(host);
        return host;
    }
}
