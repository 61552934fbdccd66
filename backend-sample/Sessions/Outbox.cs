using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>What waits to be sent to one client, in order, and the only loop that sends it.</summary>
/// <remarks>
/// Two bounds. Messages of others: <c>maxQueueBytes</c>, and then <see cref="TryPost"/> says no, for nobody may hold
/// them up. Echoes: one message of the longest kind, and then the client's own input waits; so a client may send a
/// whole message before it reads.
/// </remarks>
internal sealed class Outbox(WebSocket socket, int maxQueueBytes, int maxMessageBytes)
{
    /// <summary>What a queued message costs beside its bytes, about.</summary>
    private const int MessageCost = 64;

    // The last two pooled buffers of an echo may be partly empty.
    private readonly ByteWindow _echoes = new(maxMessageBytes + (2 * EchoPiece.MaxLength));

    private readonly Channel<Outgoing> _queue =
        Channel.CreateUnbounded<Outgoing>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Lock _lock = new();
    private ChannelWriter<EchoPiece>? _openEcho;
    private int _queued;
    private bool _isComplete;
    private volatile bool _dropsQueue;

    /// <summary>Queues a text message. After <see cref="Complete"/> it is dropped.</summary>
    /// <returns>False if the client reads too slowly for it. An empty queue takes a message of any length.</returns>
    public bool TryPost(ReadOnlyMemory<byte> text)
    {
        var cost = text.Length + MessageCost;
        var queued = Interlocked.Add(ref _queued, cost);
        if (queued > maxQueueBytes && queued != cost)
        {
            Interlocked.Add(ref _queued, -cost);
            return false;
        }

        _queue.Writer.TryWrite(new Outgoing(text, null, default));
        return true;
    }

    /// <summary>Sends a piece of a message back to the client. Only the loop that reads from the client calls it.</summary>
    /// <param name="piece">Taken over: its buffer goes back to the pool when it is sent.</param>
    /// <param name="cancellation">Ends the wait for room.</param>
    public async ValueTask EchoAsync(EchoPiece piece, CancellationToken cancellation)
    {
        await _echoes.EnterAsync(piece.Cost, cancellation);
        lock (_lock)
        {
            if (_isComplete)
            {
                Release(piece);
            }
            else if (_openEcho is { } open)
            {
                open.TryWrite(piece);
                CloseEchoAfter(piece);
            }
            else if (piece.EndsMessage)
            {
                _queue.Writer.TryWrite(new Outgoing(default, null, piece));
            }
            else
            {
                OpenEcho(piece);
            }
        }
    }

    /// <summary>Ends the loop after what is queued, or at once.</summary>
    public void Complete(bool dropsQueue)
    {
        lock (_lock)
        {
            _dropsQueue = dropsQueue;
            _isComplete = true;
            _queue.Writer.TryComplete();
            _openEcho?.TryComplete();
        }
    }

    /// <summary>Sends until <see cref="Complete"/>.</summary>
    public async Task SendAllAsync(CancellationToken cancellation)
    {
        await foreach (var outgoing in _queue.Reader.ReadAllAsync(cancellation))
        {
            if (outgoing.Pieces is { } pieces)
            {
                // Nothing may come between the pieces of one message, so everything else waits behind it.
                await foreach (var piece in pieces.ReadAllAsync(cancellation))
                {
                    await SendAsync(piece, cancellation);
                }
            }
            else if (outgoing.Piece.Buffer is not null)
            {
                await SendAsync(outgoing.Piece, cancellation);
            }
            else
            {
                await SendAsync(outgoing.Text, cancellation);
            }
        }
    }

    private void OpenEcho(EchoPiece first)
    {
        var pieces = Channel.CreateUnbounded<EchoPiece>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        pieces.Writer.TryWrite(first);
        _openEcho = pieces.Writer;
        _queue.Writer.TryWrite(new Outgoing(default, pieces.Reader, default));
    }

    private void CloseEchoAfter(EchoPiece piece)
    {
        if (piece.EndsMessage)
        {
            _openEcho!.TryComplete();
            _openEcho = null;
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation)
    {
        if (!_dropsQueue)
        {
            await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, cancellation);
        }

        Interlocked.Add(ref _queued, -(text.Length + MessageCost));
    }

    private async ValueTask SendAsync(EchoPiece piece, CancellationToken cancellation)
    {
        if (!_dropsQueue)
        {
            await socket.SendAsync(piece.Bytes, piece.Type, piece.EndsMessage, cancellation);
        }

        Release(piece);
    }

    private void Release(EchoPiece piece)
    {
        ArrayPool<byte>.Shared.Return(piece.Buffer);
        _echoes.Leave(piece.Cost);
    }

    /// <summary>One of three: a whole text, one piece that is a whole message, or a message still coming in.</summary>
    private readonly record struct Outgoing(
        ReadOnlyMemory<byte> Text, ChannelReader<EchoPiece>? Pieces, EchoPiece Piece);
}
