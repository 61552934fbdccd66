using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace WsBalancer.Sockets.Transport;

/// <summary>Sends what the application writes to the connection. Used on the loop's thread only.</summary>
internal sealed class LoopOutput
{
    // The bytes of many small segments that one send combines: as many as the pipe commonly holds.
    private const int GatheredAtOnce = 64 * 1024;

    [ThreadStatic]
    private static byte[]? Gathered;

    private readonly LoopConnection _connection;
    private readonly PipeReader _reader;
    private readonly Action _onRead;
    private ValueTaskAwaiter<ReadResult> _read;
    private State _state;

    public LoopOutput(LoopConnection connection, PipeReader reader)
    {
        _connection = connection;
        _reader = reader;
        _onRead = OnRead;
    }

    [Flags]
    private enum State : byte
    {
        None = 0,

        /// <summary>A read of the pipe is pending: the application has written nothing.</summary>
        Reading = 1,

        /// <summary>The socket did not take all bytes: wait for <see cref="Writable"/>.</summary>
        Full = 2,

        /// <summary>A caller of the current method is sending (<see cref="SendAll"/>).</summary>
        Passing = 4,

        /// <summary>The output ends when all written bytes are sent.</summary>
        Draining = 8,

        /// <summary>The output ends at once.</summary>
        Stopped = 16,

        Completed = 32,
    }

    public void Start() => Pump(more: true);

    /// <summary>Continues, because the socket takes bytes again.</summary>
    public void Writable()
    {
        if (Is(State.Full))
        {
            _state &= ~State.Full;
            Pump(more: true);
        }
    }

    /// <summary>Ends when the socket has taken all written bytes: <see cref="LoopConnection.OutputDrained"/>.</summary>
    public void Drain()
    {
        _state |= State.Draining;
        Interrupt();
    }

    /// <summary>Ends now: unsent and later bytes are dropped, and the writer's flushes report completion.</summary>
    public void Stop()
    {
        _state |= State.Stopped;
        Interrupt();
    }

    private bool Is(State state) => (_state & state) != 0;

    private void Interrupt()
    {
        if (Is(State.Reading))
        {
            _reader.CancelPendingRead();
        }
        else if (!Is(State.Passing) && (!Is(State.Full) || Is(State.Stopped)))
        {
            Pump(more: false);
        }
    }

    private void OnRead()
    {
        _state &= ~State.Reading;
        Pump(more: true, isRead: true);
    }

    private void Pump(bool more, bool isRead = false)
    {
        _state |= State.Passing;
        try
        {
            SendAll(more, isRead);
        }
        catch (Exception ex)
        {
            // The application has completed the writer with an error.
            _connection.OutputFailed(ex);
        }

        _state &= ~State.Passing;
        if (Is(State.Stopped))
        {
            Complete();
        }
        else if (!Is(State.Full))
        {
            Wait();
        }
    }

    private void SendAll(bool more, bool isRead)
    {
        if (isRead)
        {
            more = SendRead(_read.GetResult());
        }

        while (more && !Is(State.Stopped) && _reader.TryRead(out var result))
        {
            more = SendRead(result);
        }
    }

    private void Wait()
    {
        if (Is(State.Draining))
        {
            _state |= State.Stopped;
            Complete();
            _connection.OutputDrained();
            return;
        }

        // Must be the last step: if the application has written by now, its bytes are sent within this call.
        _state |= State.Reading;
#pragma warning disable CA2012 // The awaiter is used once, when it is completed, and replaced only after that.
        _read = _reader.ReadAsync().GetAwaiter();
#pragma warning restore CA2012
        if (_read.IsCompleted)
        {
            OnRead();
        }
        else
        {
            _read.UnsafeOnCompleted(_onRead);
        }
    }

    /// <returns>Whether there may be more bytes to send.</returns>
    private bool SendRead(ReadResult result)
    {
        var buffer = result.Buffer;
        var sent = buffer.IsSingleSegment ? Send(buffer.FirstSpan) : SendGathered(buffer);
        var isAll = sent == buffer.Length;
        if (!isAll)
        {
            _state |= State.Full;
        }

        // AdvanceTo may run the application, which waited for room in the pipe and may now write, or stop this output.
        _reader.AdvanceTo(isAll ? buffer.End : buffer.GetPosition(sent));
        if (isAll && result.IsCompleted)
        {
            _connection.OutputEnded();
            return false;
        }

        return isAll;
    }

    private int Send(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? 0 : _connection.Send(bytes);

    private long SendGathered(ReadOnlySequence<byte> buffer)
    {
        var gathered = Gathered ??= GC.AllocateUninitializedArray<byte>(GatheredAtOnce);
        var sent = 0L;
        while (sent < buffer.Length)
        {
            var next = buffer.Slice(sent);
            var length = (int)Math.Min(next.Length, GatheredAtOnce);
            next.Slice(0, length).CopyTo(gathered);
            var taken = Send(gathered.AsSpan(0, length));
            sent += taken;
            if (taken < length)
            {
                break;
            }
        }

        return sent;
    }

    private void Complete()
    {
        if (!Is(State.Completed))
        {
            _state |= State.Completed;
            _reader.Complete();
        }
    }
}
