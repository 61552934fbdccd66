using System.Net;
using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Redis;

/// <summary>The connection to Redis for commands, and whether Redis answers.</summary>
/// <remarks>
/// A Redis that hangs keeps its connections open. Therefore the link is away from the first command without a reply,
/// until Redis answers a probe; in that time no command is sent, and no caller waits for a timeout.
/// </remarks>
internal sealed class RedisLink(EndPoint endpoint, string node, ILogger<RedisLink> logger) : IAsyncDisposable
{
    private ConnectionMultiplexer? _connection;
    private int _isAway;
    private int _absences;

    public bool IsAway => Volatile.Read(ref _isAway) == 1;

    /// <summary>The number of absences that have begun.</summary>
    public int Absences => Volatile.Read(ref _absences);

    public EndPoint Endpoint => endpoint;

    public IDatabase Keys => _connection!.GetDatabase();

    /// <summary>
    /// Connects. An unavailable Redis is not a failure: the connection is opened when Redis is available.
    /// </summary>
    public async Task ConnectAsync()
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { endpoint },
            ClientName = $"ws-node:{node}",
            AbortOnConnectFail = false,
            ConnectRetry = 1,
            ConnectTimeout = 2000,
            // Maximum wait of a sender when Redis begins to hang; timeouts are checked at each heartbeat.
            AsyncTimeout = 2000,
            HeartbeatInterval = TimeSpan.FromMilliseconds(500),
            BacklogPolicy = BacklogPolicy.FailFast,
            ReconnectRetryPolicy = new ExponentialRetry(100, 2000),
        };
        _connection = await ConnectionMultiplexer.ConnectAsync(options);
        _connection.ConnectionFailed += (_, _) => SetUnavailable();
        if (!_connection.IsConnected)
        {
            SetUnavailable();
        }
    }

    /// <summary>Sends a command and waits for the reply.</summary>
    /// <returns>Whether Redis replied. If not, the link is away.</returns>
    public async Task<bool> ProbeAsync()
    {
        try
        {
            await Keys.PingAsync();
            return true;
        }
        catch (Exception failure)
        {
            RedisLog.ProbeFailed(logger, failure);
            SetUnavailable();
            return false;
        }
    }

    /// <summary>Writes keys, unless Redis is away.</summary>
    /// <returns>Whether the keys were written.</returns>
    public async Task<bool> TryWriteAsync(Func<IDatabase, Task> write)
    {
        if (IsAway)
        {
            return false;
        }

        try
        {
            await write(Keys);
            return true;
        }
        catch (Exception failure)
        {
            RedisLog.WriteFailed(logger, failure);
            NoteFailure(failure);
            return false;
        }
    }

    /// <summary>Whether the command of this failure was certainly not executed.</summary>
    public static bool WasNeverSent(RedisConnectionException failure) =>
        failure.FailureType is ConnectionFailureType.UnableToResolvePhysicalConnection
            or ConnectionFailureType.UnableToConnect
        || failure.CommandStatus is CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog;

    /// <summary>The outcome of a publish that failed. The failure is noted.</summary>
    public PublishOutcome OutcomeOf(Exception failure, string channel)
    {
        NoteFailure(failure);
        if (failure is RedisConnectionException lost && WasNeverSent(lost))
        {
            return PublishOutcome.LocalOnly;
        }

        RedisLog.PublishFailed(logger, channel, failure);
        return PublishOutcome.Unknown;
    }

    /// <summary>
    /// Marks the link as away after a failed command, unless the failure is an error that Redis itself returned.
    /// </summary>
    public void NoteFailure(Exception failure)
    {
        if (failure is not RedisServerException)
        {
            SetUnavailable();
        }
    }

    /// <summary>Ends an absence, if there is one. Each change is logged once.</summary>
    public void SetAvailable()
    {
        if (Interlocked.Exchange(ref _isAway, 0) == 1)
        {
            RedisLog.RedisIsBack(logger, endpoint);
        }
    }

    /// <summary>Begins an absence, unless there is one. Each change is logged once.</summary>
    public void SetUnavailable()
    {
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            Interlocked.Increment(ref _absences);
            RedisLog.RedisIsAway(logger, endpoint);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }
}
