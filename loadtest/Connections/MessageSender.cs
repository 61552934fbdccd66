using System.Buffers;
using System.Net.WebSockets;
using WsBalancer.LoadTest.Measuring;

namespace WsBalancer.LoadTest.Connections;

/// <summary>Sends the messages of one connection, one at a time, without ever making the pacer wait.</summary>
/// <remarks>A message that finds its socket blocked waits here; the wait is part of its latency, which counts from
/// the intended time.</remarks>
internal sealed class MessageSender(
    WebSocket socket, Payload payload, EchoLedger ledger, Measurements measurements, TimeProvider time)
{
    // Messages without an answer that one connection may hold; beyond it they are not sent, and counted as unsent.
    private const int MaxOutstanding = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<long> _waiting = new(0);
    private Task _pump = Task.CompletedTask;
    private bool _isSending;
    private bool _isStopped;

    /// <summary>Messages that wait for the socket or for their echo.</summary>
    public int Outstanding
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count + ledger.Outstanding;
            }
        }
    }

    /// <summary>Sends one message, now if the socket takes it, else as soon as it does.</summary>
    public void Send(long intended)
    {
        lock (_gate)
        {
            if (_isStopped || Outstanding >= MaxOutstanding)
            {
                return;
            }

            if (_isSending)
            {
                _waiting.Enqueue(intended);
                return;
            }

            _isSending = true;
        }

        _pump = PumpAsync(intended);
    }

    /// <summary>Drops what still waits, and completes when the message on its way has left.</summary>
    public Task StopAsync()
    {
        DropWaiting();
        return _pump;
    }

    private async Task PumpAsync(long intended)
    {
        do
        {
            await SendNowAsync(intended);
        }
        while (TryTakeNext(out intended));
    }

    private bool TryTakeNext(out long intended)
    {
        lock (_gate)
        {
            _isSending = _waiting.TryDequeue(out intended);
            return _isSending;
        }
    }

    private async ValueTask SendNowAsync(long intended)
    {
        var sequence = ledger.Issue(new Departure(intended, time.GetTimestamp()));
        var message = ArrayPool<byte>.Shared.Rent(payload.Size);
        try
        {
            payload.Write(message, sequence);
            await socket.SendAsync(
                message.AsMemory(0, payload.Size), payload.Type, endOfMessage: true, CancellationToken.None);
            measurements.MessagesSent.Add();
        }
        catch (Exception failure) when (ConnectionEnd.Is(failure))
        {
            // The receiving side sees the same end and counts it; this message was never sent.
            ledger.Withdraw(sequence);
            DropWaiting();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    private void DropWaiting()
    {
        lock (_gate)
        {
            _isStopped = true;
            _waiting.Clear();
        }
    }
}
