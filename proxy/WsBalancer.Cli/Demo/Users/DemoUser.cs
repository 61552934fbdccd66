using System.Net.WebSockets;

namespace WsBalancer.Cli.Demo.Users;

/// <summary>A user with one WebSocket through the balancer; knows its node only from what the node says.</summary>
internal sealed class DemoUser(string name, Uri balancer, HttpMessageInvoker http, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MessageDeadline = TimeSpan.FromSeconds(5);

    private volatile DemoConnection? _connection;

    public string Name { get; } = name;

    /// <summary>The node it is connected to, or null when its socket has ended or never opened.</summary>
    public string? Node => _connection is { Ended.IsCompleted: false } open ? open.Node : null;

    /// <summary>Opens a socket in the place of the one it has; tries again as a client would, then gives up.</summary>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        await DisposeAsync();

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
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It gives up. A user that stays away shows in the claims.
            _connection = null;
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
            // Lost on the way, which is what the caller asked about.
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }

    /// <returns>Null when the handshake was refused, or the socket was lost before the welcome.</returns>
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
