using System.Buffers;
using System.Net.WebSockets;

namespace WsBalancer.LoadTest.Load;

/// <summary>Sends the messages of one connection, one at a time, without blocking the pacer.</summary>
/// <remarks>
/// A message waits here while its socket is blocked. The wait is part of its latency, which counts from the intended
/// time.
/// </remarks>
internal sealed class MessageSender(
    WebSocket socket, Payload payload, EchoLedger ledger, Measurements measurements, TimeProvider time)
{
    // Maximum of messages without an echo on one connection; further messages are not sent, and count as unsent.
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

    /// <summary>
    /// Sends one message: at once if no other send is in progress, otherwise after the earlier messages.
    /// </summary>
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

    /// <summary>Drops the waiting messages, and completes when the current send is complete.</summary>
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
        var sequence = ledger.Issue(new SendTimes(intended, time.GetTimestamp()));
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
            // The receive loop counts the end of the connection; this message was never sent.
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
