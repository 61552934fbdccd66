using System.Buffers;
using System.Net.WebSockets;

namespace WsBalancer.LoadTest.Load;

/// <summary>
/// One open connection: sends messages on request, receives all the time, and counts how the connection ends.
/// </summary>
internal sealed class LoadConnection
{
    private readonly WebSocket _socket;
    private readonly Payload _payload;
    private readonly Measurements _measurements;
    private readonly TimeProvider _time;
    private readonly EchoLedger _ledger;
    private readonly MessageSender _sender;
    private volatile bool _isClosing;

    public LoadConnection(
        int index, WebSocket socket, Payload payload, Measurements measurements, TimeProvider time)
    {
        _socket = socket;
        _payload = payload;
        _measurements = measurements;
        _time = time;
        _ledger = new EchoLedger(index);
        _sender = new MessageSender(socket, payload, _ledger, measurements, time);
    }

    /// <summary>Completes when the connection has ended, for whatever reason; it never fails.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public int Outstanding => _sender.Outstanding;

    /// <summary>Begins to receive. The timeout limits the reply to a Close frame of the server.</summary>
    public void Begin(TimeSpan closeTimeout) => Ended = ReceiveAsync(closeTimeout);

    /// <summary>Sends one message without waiting for the send to complete.</summary>
    public void Send(long intended) => _sender.Send(intended);

    /// <summary>
    /// Closes with 1000 and waits for the server's Close frame; aborts the connection if none is received in time.
    /// </summary>
    public async Task CloseAsync(TimeSpan closeTimeout)
    {
        _isClosing = true;
        using var timeout = new CancellationTokenSource(closeTimeout, _time);
        try
        {
            await _sender.StopAsync().WaitAsync(timeout.Token);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
            await Ended.WaitAsync(timeout.Token);
        }
        catch (Exception failure) when (ConnectionEnd.Is(failure))
        {
            // The receive loop counts how the connection ended.
            _socket.Abort();
        }

        await Ended;
    }

    private async Task ReceiveAsync(TimeSpan closeTimeout)
    {
        try
        {
            while (await ReceiveMessageAsync())
            {
            }

            CountClose();
            await AnswerCloseAsync(closeTimeout);
        }
        catch (Exception failure) when (ConnectionEnd.Is(failure))
        {
            (_isClosing ? _measurements.CutAtEnd : _measurements.ConnectionsLost).Add();
        }
        finally
        {
            _ = _sender.StopAsync();
            _socket.Dispose();
        }
    }

    /// <returns>False when a Close frame was received.</returns>
    private async ValueTask<bool> ReceiveMessageAsync()
    {
        // A receive with an empty buffer needs no memory while the connection is idle; a buffer is rented only for a
        // message.
        var head = await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        if (head.MessageType == WebSocketMessageType.Close || head.EndOfMessage)
        {
            return head.MessageType != WebSocketMessageType.Close;
        }

        // One byte more than an echo: a message that fills the buffer is not an echo, and its rest is read and
        // discarded.
        var buffer = ArrayPool<byte>.Shared.Rent(_payload.Size + 1);
        try
        {
            var (length, type) = await FillAsync(buffer.AsMemory(0, _payload.Size + 1));
            Settle(buffer.AsSpan(0, length), type);
            return type != WebSocketMessageType.Close;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<(int Length, WebSocketMessageType Type)> FillAsync(Memory<byte> buffer)
    {
        var length = 0;
        while (true)
        {
            var room = length < buffer.Length ? buffer[length..] : buffer[^1..];
            var part = await _socket.ReceiveAsync(room, CancellationToken.None);
            length = Math.Min(length + part.Count, buffer.Length);
            if (part.EndOfMessage)
            {
                return (length, part.MessageType);
            }
        }
    }

    private void Settle(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        switch (_payload.Read(message, type, out var sequence))
        {
            case PayloadKind.Echo:
                SettleEcho(sequence);
                break;
            case PayloadKind.Altered:
                _measurements.Foreign.Add();
                break;
            default:
                _measurements.Other.Add();
                break;
        }
    }

    private void SettleEcho(long sequence)
    {
        var now = _time.GetTimestamp();
        switch (_ledger.Settle(sequence, out var departure))
        {
            case EchoVerdict.Awaited:
                _measurements.MessagesEchoed.Add();
                _measurements.Message.Record(departure.Intended, now);
                _measurements.MessageService.Record(departure.Actual, now);
                break;
            case EchoVerdict.Duplicate:
                _measurements.Duplicates.Add();
                break;
            default:
                _measurements.Foreign.Add();
                break;
        }
    }

    private void CountClose()
    {
        if (_isClosing)
        {
            _measurements.ClosedAtEnd.Add();
        }
        else
        {
            _measurements.CloseCodes.Add((int)(_socket.CloseStatus ?? WebSocketCloseStatus.Empty));
        }
    }

    private async Task AnswerCloseAsync(TimeSpan closeTimeout)
    {
        if (_socket.State != WebSocketState.CloseReceived)
        {
            return;
        }

        using var timeout = new CancellationTokenSource(closeTimeout, _time);
        var code = _socket.CloseStatus is null or WebSocketCloseStatus.Empty
            ? WebSocketCloseStatus.NormalClosure
            : _socket.CloseStatus.Value;
        try
        {
            await _socket.CloseOutputAsync(code, null, timeout.Token);
        }
        catch (Exception failure) when (ConnectionEnd.Is(failure))
        {
            // The Close frame is already counted; a server that does not wait for the reply loses nothing.
            _socket.Abort();
        }
    }
}
