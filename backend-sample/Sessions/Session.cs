using System.Net.WebSockets;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>One WebSocket of one user, from the upgrade to the end of the close handshake.</summary>
internal sealed class Session : IAudienceMember, IDisposable
{
    private readonly WebSocket _socket;
    private readonly TimeSpan _closeTimeout;
    private readonly Outbox _outbox;
    private readonly Inbox _inbox;
    private readonly CancellationTokenSource _abort;
    private readonly Lock _lock = new();
    private SessionClose? _close;
    private bool _isDisposed;

    public Session(string user, WebSocket socket, NodeOptions options, TimeProvider time)
    {
        User = user;
        _socket = socket;
        _closeTimeout = options.CloseTimeout;
        _outbox = new Outbox(socket, options.MaxQueueBytes, options.MaxMessageBytes);
        _inbox = new Inbox(socket, _outbox, options.MaxMessageBytes);
        _abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    public string User { get; }

    /// <summary>The rooms it is a member of. Only the loop that reads from the client touches it.</summary>
    public HashSet<string> Rooms { get; } = new(StringComparer.Ordinal);

    public void Post(ReadOnlyMemory<byte> message)
    {
        if (!_outbox.TryPost(message))
        {
            Close(SessionClose.SlowConsumer);
        }
    }

    /// <summary>Begins the close handshake and returns at once. The first close counts; a client that does not
    /// answer in time is cut off.</summary>
    public void Close(SessionClose close)
    {
        lock (_lock)
        {
            if (_close is not null || _isDisposed)
            {
                return;
            }

            _close = close;
            _abort.CancelAfter(_closeTimeout);
        }

        _outbox.Complete(close.DropsQueue);
    }

    /// <summary>Serves the client until the connection is closed or lost.</summary>
    public async Task RunAsync(Func<ClientMessage, Task> handle)
    {
        var sending = SendAsync();
        try
        {
            await ReceiveAsync(handle);
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            await _abort.CancelAsync();
        }
        catch
        {
            await _abort.CancelAsync();
            throw;
        }

        await sending;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _abort.Dispose();
    }

    private async Task ReceiveAsync(Func<ClientMessage, Task> handle)
    {
        if (await _inbox.ReadAsync(handle, _abort.Token) is InboxEnd.MessageTooBig)
        {
            Close(SessionClose.MessageTooBig);
            await _inbox.DiscardAsync(_abort.Token);
        }

        Close(SessionClose.AnswerTo(_socket.CloseStatus));
    }

    private async Task SendAsync()
    {
        try
        {
            await _outbox.SendAllAsync(_abort.Token);
            await _socket.CloseOutputAsync(_close!.Status, _close.Reason, _abort.Token);
        }
        catch (Exception failure) when (IsLoss(failure))
        {
            await _abort.CancelAsync();
        }
    }

    // Cancelled by the close timeout, or the connection broke: both end the session, and neither is an error here.
    private static bool IsLoss(Exception failure) =>
        failure is WebSocketException or OperationCanceledException or IOException;
}
