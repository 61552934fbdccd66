using System.Diagnostics;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Uring;

internal sealed unsafe partial class UringSocket
{
    private Sent _sending;
    private SendState _send;

    // A caller's bytes were not all taken: the handler must be notified when there is room.
    private bool _notifyWritable;

    // FIN must be sent after the unsent bytes.
    private bool _isShutdownPending;

    // The peer has sent FIN, which completes polls for room.
    private bool _isPeerEofSeen;

    /// <summary>The socket's last send in the loop's batch, which updates this value.</summary>
    public ref Sent Sending => ref _sending;

    public override int UnsentBytes
    {
        get
        {
            var inFlight = IsClosed ? 0 : InFlight;
            if (inFlight > 0)
            {
                // A caller that sees unsent bytes is notified when there are none left.
                ScheduleWritable();
            }

            return inFlight + Kept;
        }
    }

    // Unsent schedules a notification, so it is read only in the rare case that the socket is behind.
    public override bool IsBehind(int bytes) =>
        (IsClosed ? 0 : InFlight) + Kept > bytes && UnsentBytes > bytes;

    // Bytes that the next entry into the kernel sends.
    private int InFlight => _sending.Batch == loop.Batch ? _sending.Length : 0;

    private bool HasRoom => _send is SendState.Ready or SendState.ReadyPolling;

    private bool IsRoomPending => _send != SendState.Ready;

    private bool TakesMore => HasRoom && IsAlive && Kept == 0;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || !IsAlive)
        {
            return bytes.Length;
        }

        if (InFlight > 0)
        {
            ScheduleWritable();
            return 0;
        }

        var taken = TakesMore ? SendNow(bytes) : 0;
        if (taken < bytes.Length)
        {
            _notifyWritable = true;
        }

        return taken;
    }

    public override void Send(ReadOnlySpan<byte> bytes)
    {
        if (TakesMore && loop.TrySendLent(this, bytes, more: InFlight > 0))
        {
            return;
        }

        var taken = TrySend(bytes);
        if (taken < bytes.Length)
        {
            Keep(bytes[taken..]);
        }
    }

    private void ScheduleWritable()
    {
        _notifyWritable = true;
        ScheduleCall();
    }

    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        var sent = SendNow(bytes, out var error);
        RecordSendResult(error);
        return sent;
    }

    private void RecordSendResult(int error)
    {
        if (error == Errno.TryAgain)
        {
            AwaitRoom();
        }
        else if (error != 0)
        {
            ScheduleFailure(error);
        }
    }

    // The kernel took fewer bytes from the received buffers than were sent. The rest is copied before those buffers are
    // returned, and precedes the bytes kept since.
    private void OnSentShort(int result)
    {
        var sent = _sending;
        _sending = default;
        if (!IsAlive)
        {
            return;
        }

        Debug.Assert(HasRoom, "Only a socket with room sends from received buffers.");
        if (result < 0 && result is not (-Errno.TryAgain or -Errno.Interrupted))
        {
            ScheduleFailure(-result);
            return;
        }

        var later = TakeKept();
        var taken = (nuint)Math.Max(result, 0);
        foreach (var piece in loop.VectorsOf(sent))
        {
            var skipped = Math.Min(taken, piece.Length);
            taken -= skipped;
            if (skipped < piece.Length)
            {
                Keep(new ReadOnlySpan<byte>(piece.Start + skipped, (int)(piece.Length - skipped)));
            }
        }

        Keep(later);
        _notifyWritable = true;
        AwaitRoom();
    }

    private void OnRoom(in CompletionEntry completion)
    {
        Debug.Assert(IsRoomPending, "A poll that is not pending does not complete.");
        var isLast = (completion.Flags & UringConstants.More) == 0;
        if (!IsAlive)
        {
            _send = isLast ? SendState.Ready : _send;
            return;
        }

        if (completion.Result > 0 && (completion.Result & UringConstants.Room) == 0)
        {
            // The FIN of the peer completes the request, though there is no room.
            _isPeerEofSeen = true;
            if (isLast)
            {
                PollForRoom();
            }

            return;
        }

        var wasConnecting = _send == SendState.Connecting;
        _send = isLast ? SendState.Ready : SendState.ReadyPolling;
        if (wasConnecting && TakeError() is var error and not 0)
        {
            ScheduleFailure(error);
            return;
        }

        ResumeSending();
        RequestEvents();
    }

    // Kept bytes are sent first; then a handler whose bytes were not all taken is notified that there is room.
    private void ResumeSending()
    {
        if (!HasRoom)
        {
            return;
        }

        if (InFlight > 0)
        {
            // The kept bytes follow those that the next entry into the kernel sends.
            ScheduleCall();
            return;
        }

        SendKept(out var error);
        RecordSendResult(error);

        ShutdownIfSent();
        if (TakesMore && _notifyWritable)
        {
            _notifyWritable = false;
            Handler.OnWritable();
        }
    }

    private void ShutdownIfSent()
    {
        if (!_isShutdownPending || !TakesMore)
        {
            return;
        }

        if (InFlight > 0)
        {
            ScheduleCall();
        }
        else
        {
            _isShutdownPending = false;
            _ = Kernel.Shutdown(Descriptor, SocketConstants.ShutWrite);
        }
    }

    private void AwaitRoom()
    {
        Debug.Assert(_send != SendState.Connecting, "No bytes are sent before the socket is connected.");
        if (!IsRoomPending)
        {
            PollForRoom();
        }

        _send = SendState.Full;
    }

    private void PollForRoom()
    {
        var entry = loop.Request(UringConstants.PollAdd, RequestKind.Room, Number, Descriptor);
        entry->OperationFlags = UringConstants.PollOut;

        // After the FIN of the peer, POLLRDHUP completes each request at once. A multishot request completes once for
        // the FIN, and then once for each change.
        entry->Length = _isPeerEofSeen ? UringConstants.PollMany : 0;
    }
}
