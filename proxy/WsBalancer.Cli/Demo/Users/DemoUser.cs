using System.Net.WebSockets;

namespace WsBalancer.Cli.Demo.Users;

/// <summary>
/// A user with one WebSocket through the balancer. Only the welcome message names the node. After a request to
/// reconnect (1012) the user connects again, as real clients do.
/// </summary>
internal sealed class DemoUser(
    string name, Uri balancer, HttpMessageInvoker http, TimeProvider time, bool stays = false) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MessageDeadline = TimeSpan.FromSeconds(5);

    // One connect at a time: a chapter may connect the user while the user reconnects on its own.
    private readonly SemaphoreSlim _lock = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private volatile DemoConnection? _connection;
    private Task _watch = Task.CompletedTask;
    private int _recalls;

    public string Name { get; } = name;

    /// <summary>The node of the open socket; null when the socket has ended or was never opened.</summary>
    public string? Node => _connection is { Ended.IsCompleted: false } open ? open.Node : null;

    /// <summary>
    /// How many requests to reconnect (1012) were received; for a user that stays, how many connections have ended.
    /// </summary>
    public int Recalls => Volatile.Read(ref _recalls);

    /// <summary>Opens a socket in the place of the current one. Retries like a client, up to a deadline.</summary>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        await _lock.WaitAsync(cancellation);
        try
        {
            await ReplaceAsync(cancellation);
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <returns>Whether <paramref name="data"/> arrived at the other user as a message from this one.</returns>
    public async Task<bool> ReachesAsync(DemoUser other, string data, CancellationToken cancellation)
    {
        if (_connection is not { } mine || other._connection is not { } theirs)
        {
            return false;
        }

        try
        {
            var arrival = theirs.ExpectAsync(data);
            await mine.SendAsync(new WireMessage(WireMessage.Direct, To: other.Name, Data: data), cancellation);
            var message = await arrival.WaitAsync(MessageDeadline, time, cancellation);
            return message.From == Name && message.To == other.Name;
        }
        catch (Exception cause) when (cause is WebSocketException or TimeoutException)
        {
            // The message was lost: a result that the caller expects, not a failure.
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _lock.WaitAsync(CancellationToken.None);
        await CloseAsync();
        _lock.Release();
        await _watch;
        _lock.Dispose();
        _end.Dispose();
    }

    private async Task ReplaceAsync(CancellationToken cancellation)
    {
        await CloseAsync();

        var address = new UriBuilder(balancer)
        {
            Scheme = "ws",
            Query = $"user={Uri.EscapeDataString(Name)}",
        }.Uri;
        using var deadline = new CancellationTokenSource(ConnectDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            DemoConnection? opened;
            while ((opened = await TryOpenAsync(address, either.Token)) is null)
            {
                await Task.Delay(RetryPause, time, either.Token);
            }

            _connection = opened;
            _watch = ReconnectAsync(opened);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The deadline has passed. A user without a connection makes a claim fail.
            _connection = null;
            if (stays)
            {
                _watch = TryLaterAsync();
            }
        }
    }

    private async Task ReconnectAsync(DemoConnection connection)
    {
        await connection.Ended;
        if (!connection.IsRecalled && !stays)
        {
            return;
        }

        Interlocked.Increment(ref _recalls);
        try
        {
            await _lock.WaitAsync(_end.Token);
            try
            {
                // A chapter may have connected the user during the wait.
                if (ReferenceEquals(_connection, connection))
                {
                    await ReplaceAsync(_end.Token);
                }
            }
            finally
            {
                _lock.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The demo has ended: no connection is needed any more.
            return;
        }
    }

    private async Task TryLaterAsync()
    {
        try
        {
            await Task.Delay(RetryPause, time, _end.Token);
            await ConnectAsync(_end.Token);
        }
        catch (OperationCanceledException)
        {
            // The demo has ended.
            return;
        }
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }

    /// <returns>Null when the handshake was refused, or the socket was lost before the welcome message.</returns>
    private async Task<DemoConnection?> TryOpenAsync(Uri address, CancellationToken cancellation)
    {
        try
        {
            return await DemoConnection.OpenAsync(address, http, time, cancellation);
        }
        catch (WebSocketException)
        {
            return null;
        }
    }
}
