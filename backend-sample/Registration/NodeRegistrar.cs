using System.Text.Json;
using StackExchange.Redis;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Registration;

/// <summary>
/// Tells the balancers of this node, by a key in Redis that has to be renewed: a node that dies is forgotten with it.
/// One that leaves says first that it drains, and takes the key away when the last connection is closed.
/// </summary>
internal sealed class NodeRegistrar(
    NodeOptions node,
    RegistrationOptions registration,
    RedisBus redis,
    Func<string> listeningAddress,
    TimeProvider time,
    ILogger<NodeRegistrar> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    // Two renewals may fail before anybody misses the node.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private Task _renewing = Task.CompletedTask;
    private volatile bool _isLeaving;

    private RedisKey Key => $"{registration.Prefix}:node:{registration.Cluster.ToLowerInvariant()}:{node.Name}";

    // By it balancers find the key without looking through all there are.
    private RedisKey Nodes => $"{registration.Prefix}:nodes:{registration.Cluster.ToLowerInvariant()}";

    /// <summary>Runs when the node listens: before that, nobody should be sent here.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await WriteAsync();
        _renewing = RenewAsync();
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
        await AttemptAsync(async database =>
        {
            await database.KeyDeleteAsync(Key);
            await database.SetRemoveAsync(Nodes, node.Name);
        });
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await WriteAsync();
            }
        }
        catch (OperationCanceledException)
        {
            RegistrationLog.Ended(logger, node.Name);
        }
    }

    private Task WriteAsync() => AttemptAsync(async database =>
    {
        var json = JsonSerializer.Serialize(new
        {
            address = registration.Address ?? listeningAddress(),
            weight = registration.Weight,
            state = _isLeaving ? "draining" : "active",
        });
        await database.StringSetAsync(Key, json, Lease);
        await database.SetAddAsync(Nodes, node.Name);
    });

    // While Redis is away, which the log says elsewhere, nobody could read it either.
    private async Task AttemptAsync(Func<IDatabase, Task> write)
    {
        try
        {
            await write(redis.Keys);
        }
        catch (Exception ex) when (ex is RedisException or TimeoutException)
        {
            RegistrationLog.WriteFailed(logger, Key.ToString(), ex);
        }
    }
}
