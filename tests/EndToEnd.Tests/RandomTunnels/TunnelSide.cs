using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>One side of an open tunnel: writes and reads concurrently, as its script specifies.</summary>
internal sealed class TunnelSide
{
    private const int EchoCode = 1012;

    private readonly WireSocket _wire;
    private readonly SideScript _script;
    private readonly bool _isClient;
    private readonly TaskCompletionSource _hasBody = New();
    private readonly TaskCompletionSource _hasClose = New();
    private readonly TaskCompletionSource _hasAll = New();
    private readonly TaskCompletionSource _closed = New();
    private readonly TaskCompletionSource _ended = New();

    public TunnelSide(WireSocket wire, SideScript script, SentStream fromPeer, bool isClient)
    {
        (_wire, _script, _isClient) = (wire, script, isClient);
        Received = new Reception(fromPeer);
        SentCount = script.WithHandshake;
        Notify();
    }

    public Reception Received { get; }

    /// <summary>The number of bytes of the stream that the kernel has accepted.</summary>
    public int SentCount { get; private set; }

    /// <summary>Whether the side answered a Close with one that is not in its stream.</summary>
    public bool Answered { get; private set; }

    /// <summary>Whether the side has sent a Close, from its stream or as an answer.</summary>
    public bool HasSentClose => Answered || SentCount >= (_script.Stream.CloseEnd ?? int.MaxValue);

    /// <summary>Whether the side has ended its own direction.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>The error that stopped the side from sending; null if there was none.</summary>
    public SocketError? Refused { get; private set; }

    /// <summary>Runs the script to its end, and disposes of the connection.</summary>
    public async Task Run()
    {
        using (_wire)
        {
            var reading = Read();
            try
            {
                await Write();
            }
            catch (SocketException refused)
            {
                Refused = refused.SocketErrorCode;
            }

            await reading;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task Write()
    {
        var stream = _script.Stream;
        await Send(stream.BodyLength);
        if (await Until(_script.BeforeLastPart))
        {
            await Send(stream.Length);
        }

        if (await Until(_script.BeforeLeaving))
        {
            await Leave();
        }

        if (_closed.Task.IsCompleted && !HasLeft)
        {
            await Answer();
        }
    }

    private async Task Send(int limit)
    {
        while (SentCount < limit && !_closed.Task.IsCompleted)
        {
            var piece = _script.Writing.Next(_script.Stream, SentCount, limit);
            await _wire.Send(_script.Stream.Bytes.AsMemory(SentCount, piece));
            SentCount += piece;
            await _script.Writing.Rest(piece);
        }
    }

    /// <returns>True if the condition holds; false if the tunnel was closed or ended before.</returns>
    private async Task<bool> Until(Hold hold)
    {
        var fact = hold switch
        {
            Hold.PeersBody => _hasBody.Task,
            Hold.PeersClose => _hasClose.Task,
            Hold.PeersAll => _hasAll.Task,
            _ => Task.CompletedTask,
        };
        await Task.WhenAny(fact, _closed.Task, _ended.Task);
        return fact.IsCompleted && !_closed.Task.IsCompleted;
    }

    private async Task Leave()
    {
        switch (_script.Leaving)
        {
            case Leaving.Fin:
                _wire.HalfClose();
                HasLeft = true;
                break;
            case Leaving.Reset:
                _wire.Reset();
                HasLeft = true;
                break;
            default:
                await Task.WhenAny(_closed.Task, _ended.Task);
                break;
        }
    }

    // The balancer has closed the tunnel, or, at the node, the client has answered the balancer's Close.
    private async Task Answer()
    {
        if (!_isClient || _script.AfterClose == AfterClose.Leave)
        {
            _wire.HalfClose();
            HasLeft = true;
            return;
        }

        if (_script.AfterClose == AfterClose.Mute)
        {
            return;
        }

        var (stream, sent) = (_script.Stream, SentCount);
        var limit = _script.AfterClose == AfterClose.FinishAll || HasSentClose
            ? stream.Length
            : stream.BoundaryFrom(sent);
        await _wire.Send(stream.Bytes.AsMemory(sent, limit - sent));
        SentCount = limit;
        if (!HasSentClose && stream.BoundaryUpTo(limit) == limit)
        {
            await _wire.Send(Frame.Close(EchoCode).Masked().ToBytes());
            Answered = true;
        }
        else if (!HasSentClose)
        {
            _wire.HalfClose();
            HasLeft = true;
        }
    }

    private async Task Read()
    {
        var buffer = new byte[1 << 17];
        try
        {
            int read;
            while ((read = await _wire.ReadSome(buffer.AsMemory(0, _script.Reading.Next()))) > 0)
            {
                Received.Take(buffer.AsSpan(0, read));
                Notify();
                await _script.Reading.Rest(read);
            }

            Received.End = StreamEnd.Fin;
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            Received.End = StreamEnd.Reset;
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private void Notify()
    {
        if (Received.HasBody)
        {
            _hasBody.TrySetResult();
        }

        if (Received.HasPeersClose)
        {
            _hasClose.TrySetResult();
        }

        if (Received.HasAll)
        {
            _hasAll.TrySetResult();
        }

        if (Received is { Others: > 0, Close: not null })
        {
            _closed.TrySetResult();
        }
    }
}
