using System.Text.Json;
using StackExchange.Redis;
using WsBalancer.BackendSample.Hosting;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Registration;

/// <summary>
/// Tells the balancers of this node, by a key in Redis that has to be renewed: a node that dies is forgotten with it.
/// One that leaves says first that it drains, and takes the key away when the last connection is closed.
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

    // Two renewals may fail before anybody misses the node.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>A registration that failed is repeated sooner: the lease may be over already.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _renewing = Task.CompletedTask;
    private long _writtenAt;
    private volatile bool _isWritten;
    private volatile bool _isLeaving;

    private RedisKey Key => $"{registration.Prefix}:node:{registration.Cluster.ToLowerInvariant()}:{node.Name}";

    // By it balancers find the key without looking through all there are.
    private RedisKey Nodes => $"{registration.Prefix}:nodes:{registration.Cluster.ToLowerInvariant()}";

    /// <summary>Runs when the node listens: before that, nobody should be sent here.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await WriteAsync();
        _renewing = SteadyLoop.RunAsync(
            "renewing the registration", RenewIfDueAsync, RetryInterval, time, logger, _stop.Token);
    }

    /// <summary>Runs before the sessions are closed, so that their users are not sent back here.</summary>
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

    // While Redis is away, which the log says elsewhere, nobody could read it either.
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
