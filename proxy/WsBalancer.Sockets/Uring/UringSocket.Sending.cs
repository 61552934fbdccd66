using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Uring;

internal sealed unsafe partial class UringSocket
{
    private Sent _sending;

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

    private bool TakesMore =>
        !Is(UringState.Full | UringState.Connecting | UringState.Failed | UringState.EventsEnded) && Kept == 0;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || Is(UringState.Failed | UringState.EventsEnded))
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
            _state |= UringState.NotifyWritable;
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
        _state |= UringState.NotifyWritable;
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
            _state |= UringState.Full;
            PollForRoom();
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
        if (Is(UringState.Failed | UringState.EventsEnded))
        {
            return;
        }

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
        _state |= UringState.Full | UringState.NotifyWritable;
        PollForRoom();
    }

    private void OnRoom(in CompletionEntry completion)
    {
        if ((completion.Flags & UringConstants.More) == 0)
        {
            _state &= ~UringState.RoomPending;
        }

        if (Is(UringState.Failed | UringState.EventsEnded))
        {
            return;
        }

        if (completion.Result > 0 && (completion.Result & UringConstants.Room) == 0)
        {
            // The FIN of the peer completes the request, though there is no room.
            _state |= UringState.PeerEofSeen;
            PollForRoom();
            return;
        }

        if (Is(UringState.Connecting) && TakeError() is var error and not 0)
        {
            ScheduleFailure(error);
            return;
        }

        _state &= ~(UringState.Full | UringState.Connecting);
        ResumeSending();
        RequestEvents();
    }

    // Kept bytes are sent first; then a handler whose bytes were not all taken is notified that there is room.
    private void ResumeSending()
    {
        if (Is(UringState.Full | UringState.Connecting))
        {
            return;
        }

        SendKept(out var error);
        RecordSendResult(error);

        ShutdownIfSent();
        if (TakesMore && Is(UringState.NotifyWritable))
        {
            _state &= ~UringState.NotifyWritable;
            Handler.OnWritable();
        }
    }

    private void ShutdownIfSent()
    {
        if (!Is(UringState.ShutdownPending) || !TakesMore)
        {
            return;
        }

        if (InFlight > 0)
        {
            ScheduleCall();
        }
        else
        {
            _state &= ~UringState.ShutdownPending;
            _ = Kernel.Shutdown(Descriptor, SocketConstants.ShutWrite);
        }
    }

    private void PollForRoom()
    {
        if (!Is(UringState.RoomPending))
        {
            var entry = loop.Request(UringConstants.PollAdd, RequestKind.Room, Number, Descriptor);
            entry->OperationFlags = UringConstants.PollOut;

            // After the FIN of the peer, POLLRDHUP completes each request at once. A multishot request completes once
            // for the FIN, and then once for each change.
            entry->Length = Is(UringState.PeerEofSeen) ? UringConstants.PollMany : 0;
            _state |= UringState.RoomPending;
        }
    }
}
