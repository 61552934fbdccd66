using System.Net;
using NATS.Client.Core;

namespace WsBalancer.BackendSample.Nats;

/// <summary>The connection to NATS, and whether NATS answers.</summary>
internal sealed class NatsLink : IAsyncDisposable
{
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(2);

    private readonly EndPoint _endpoint;
    private readonly TimeProvider _time;
    private readonly ILogger<NatsLink> _logger;
    private int _isAway;

    public NatsLink(NodeOptions options, TimeProvider time, ILogger<NatsLink> logger)
    {
        (_endpoint, _time, _logger) = (options.Nats!, time, logger);
        var (host, port) = _endpoint is DnsEndPoint dns
            ? (dns.Host, dns.Port)
            : (((IPEndPoint)_endpoint).Address.ToString(), ((IPEndPoint)_endpoint).Port);
        Connection = new NatsConnection(new NatsOpts
        {
            Url = new UriBuilder("nats", host, port).ToString(),
            Name = $"ws-node:{options.Name}",
            // The members on this node have received its messages already.
            Echo = false,
            ConnectTimeout = ReplyTimeout,
            CommandTimeout = ReplyTimeout,
            // A server that hangs is detected in two to three seconds.
            PingInterval = TimeSpan.FromSeconds(1),
            MaxPingOut = 2,
            // The defaults wait for 2 to 5 s, in which messages are missed.
            ReconnectWaitMin = TimeSpan.FromMilliseconds(100),
            ReconnectWaitMax = TimeSpan.FromSeconds(1),
            IgnoreAuthErrorAbort = true,
        });
        Connection.ConnectionDisconnected += (_, _) =>
        {
            SetUnavailable();
            Lost?.Invoke();
            return default;
        };
    }

    /// <summary>Notifies that messages may be missed until the next connection.</summary>
    public event Action? Lost;

    public NatsConnection Connection { get; }

    public bool IsOpen => Connection.ConnectionState is NatsConnectionState.Open;

    /// <summary>Whether messages reach other nodes.</summary>
    public bool IsAway => Volatile.Read(ref _isAway) == 1 || !IsOpen;

    /// <summary>Connects if the connection was never open, and waits for an answer.</summary>
    /// <returns>Whether NATS answered: then all subscriptions before this call are active.</returns>
    public async Task<bool> ProbeAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(ReplyTimeout, _time);
            await Connection.ConnectAsync().AsTask().WaitAsync(deadline.Token);
            await Connection.PingAsync(deadline.Token);
            return true;
        }
        catch (Exception failure)
        {
            NatsLog.ProbeFailed(_logger, failure);
            SetUnavailable();
            return false;
        }
    }

    /// <summary>Ends an absence, if there is one. Each change is logged once.</summary>
    public void SetAvailable()
    {
        if (Interlocked.Exchange(ref _isAway, 0) == 1)
        {
            NatsLog.NatsIsBack(_logger, _endpoint);
        }
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private void SetUnavailable()
    {
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            NatsLog.NatsIsAway(_logger, _endpoint);
        }
    }
}
