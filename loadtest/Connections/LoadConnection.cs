using System.Buffers;
using System.Net.WebSockets;
using WsBalancer.LoadTest.Measuring;

namespace WsBalancer.LoadTest.Connections;

/// <summary>One open connection: sends when told to, receives all the while, and counts how it ends.</summary>
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

    /// <summary>Completes when the connection is over, for whatever reason; it never fails.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public int Outstanding => _sender.Outstanding;

    /// <summary>Begins to receive. The timeout bounds our answer to a Close of the server.</summary>
    public void Begin(TimeSpan closeTimeout) => Ended = ReceiveAsync(closeTimeout);

    /// <summary>Sends one message without waiting for it.</summary>
    public void Send(long intended) => _sender.Send(intended);

    /// <summary>Closes with 1000 and waits for the server's answer; cuts the connection when none comes.</summary>
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
            // The receiving side counts how it ended.
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

    /// <returns>False when the server has closed.</returns>
    private async ValueTask<bool> ReceiveMessageAsync()
    {
        // Waiting with an empty buffer costs nothing; a real one is rented only while a message is coming in.
        var head = await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        if (head.MessageType == WebSocketMessageType.Close || head.EndOfMessage)
        {
            return head.MessageType != WebSocketMessageType.Close;
        }

        // One byte more than an echo has: whatever fills it is none, and is read to its end without being kept.
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
            // Its Close was counted; a server that does not wait for the answer loses nothing.
            _socket.Abort();
        }
    }
}
