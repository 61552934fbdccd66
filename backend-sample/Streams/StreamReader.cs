using System.Net;
using StackExchange.Redis;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Streams;

/// <summary>
/// A connection to Redis that reads the streams of all channels of the node, with one command that waits.
/// </summary>
/// <remarks>
/// A lost connection is not replaced: its owner makes a new one, which continues at the same entries.
/// </remarks>
internal sealed class StreamReader : IAsyncDisposable
{
    /// <summary>The most entries of each stream in one reply.</summary>
    private const int Count = 500;

    /// <summary>How long one command waits, in milliseconds: a server that hangs is detected soon after.</summary>
    private const int Block = 1000;
    private const int ReplyTimeout = 2000;

    private readonly ConnectionMultiplexer _connection;
    private readonly StreamSet _streams;
    private readonly Audience _audience;
    private readonly ILogger _logger;
    private readonly Task _reading;
    private volatile bool _isDisposed;

    private StreamReader(ConnectionMultiplexer connection, StreamSet streams, Audience audience, ILogger logger)
    {
        (_connection, _streams, _audience, _logger) = (connection, streams, audience, logger);
        _reading = ReadAsync();
    }

    /// <summary>The number of entries that were read.</summary>
    public long Received { get; private set; }

    /// <summary>Completes when the connection is lost or does not answer.</summary>
    public Task Lost => _reading;

    /// <summary>Why the read ended, if not by the loss of the connection.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Connects, and begins to read.</summary>
    /// <returns>Null if Redis does not answer in time.</returns>
    public static async Task<StreamReader?> ConnectAsync(
        EndPoint endpoint, string name, StreamSet streams, Audience audience, ILogger logger)
    {
        try
        {
            return new StreamReader(
                await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
                {
                    EndPoints = { endpoint },
                    ClientName = name,
                    ConnectRetry = 1,
                    ConnectTimeout = ReplyTimeout,
                    AsyncTimeout = Block + ReplyTimeout,
                    HeartbeatInterval = TimeSpan.FromMilliseconds(500),
                    BacklogPolicy = BacklogPolicy.FailFast,
                    // A reply to XREAD has another shape in the third version.
                    Protocol = RedisProtocol.Resp2,
                }),
                streams, audience, logger);
        }
        catch (Exception failure)
        {
            StreamLog.ReadFailed(logger, failure);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _connection.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync()
    {
        // Returns to the caller first, which has no reader until then.
        await Task.Yield();
        try
        {
            while (!_isDisposed)
            {
                var (arguments, entries) = _streams.BeginRead(Count, Block);
                var reply = await _connection.GetDatabase().ExecuteAsync("XREAD", arguments);
                if (!reply.IsNull)
                {
                    Deliver((RedisResult[])reply!, entries);
                }
            }
        }
        catch (Exception failure)
        {
            StreamLog.ReadFailed(_logger, failure);

            // A loss of Redis is logged by its link.
            var isLoss = failure is RedisConnectionException or RedisTimeoutException or ObjectDisposedException;
            Failure = isLoss || _isDisposed ? null : failure;
        }
    }

    private void Deliver(RedisResult[] streams, IReadOnlyDictionary<string, StreamEntry> entries)
    {
        foreach (var stream in streams)
        {
            if (!entries.TryGetValue((string)stream[0]!, out var entry))
            {
                continue;
            }

            foreach (var item in (RedisResult[])stream[1]!)
            {
                entry.Id = (string)item[0]!;
                if (entry is { IsActive: true, Channel: { } channel })
                {
                    Received++;
                    _audience.Deliver(channel, (byte[])item[1][1]!);
                }
            }
        }
    }
}
