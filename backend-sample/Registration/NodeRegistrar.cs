using System.Text.Json;
using StackExchange.Redis;
using WsBalancer.BackendSample.Hosting;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Registration;

/// <summary>
/// Registers this node with the balancers by a key in Redis that must be renewed: the key of a node that ends without a
/// shutdown expires. A node that shuts down first publishes that it drains, and deletes the key when its last
/// connection is closed.
/// </summary>
internal sealed class NodeRegistrar(
    NodeOptions node,
    RegistrationOptions registration,
    RedisLink redis,
    Func<string> listeningAddress,
    TimeProvider time,
    ILogger<NodeRegistrar> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    // Much shorter than the lease, so that a failed renewal can be retried several times before the lease expires.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>The retry interval after a failed write. Shorter, because the lease may have expired already.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _renewing = Task.CompletedTask;
    private long _writtenAt;
    private volatile bool _isWritten;
    private volatile bool _isLeaving;

    private RedisKey Key => $"{registration.Prefix}:node:{registration.Cluster.ToLowerInvariant()}:{node.Name}";

    // The set of the cluster's node names, so that balancers find the keys without a scan of all keys.
    private RedisKey Nodes => $"{registration.Prefix}:nodes:{registration.Cluster.ToLowerInvariant()}";

    /// <summary>Runs when the node listens: balancers must not send connections before that.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await WriteAsync();
        _renewing = RepeatedWork.RunAsync(
            "renewing the registration", RenewIfDueAsync, RetryInterval, time, logger, _stop.Token);
    }

    /// <summary>
    /// Runs before the sessions are closed, so that balancers do not send their users back to this node.
    /// </summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isLeaving = true;
        return WriteAsync();
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _renewing;
        await redis.TryWriteAsync(database => Task.WhenAll(
            database.KeyDeleteAsync(Key), database.SetRemoveAsync(Nodes, node.Name)));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    private Task RenewIfDueAsync() =>
        !_isWritten || time.GetElapsedTime(_writtenAt) >= Interval ? WriteAsync() : Task.CompletedTask;

    // A failure needs no log line here: RedisLink logs that Redis is away, and no balancer can read the key then.
    private async Task WriteAsync()
    {
        var json = JsonSerializer.Serialize(new
        {
            address = registration.Address ?? listeningAddress(),
            weight = registration.Weight,
            state = _isLeaving ? "draining" : "active",
        });
        _writtenAt = time.GetTimestamp();
        _isWritten = await redis.TryWriteAsync(database => Task.WhenAll(
            database.StringSetAsync(Key, json, Lease), database.SetAddAsync(Nodes, node.Name)));
    }
}
