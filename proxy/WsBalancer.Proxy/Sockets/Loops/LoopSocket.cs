using System.Runtime.InteropServices;
using WsBalancer.Proxy.Sockets.Linux;

namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>
/// A connected, or connecting, stream socket on an event loop. Used on the thread of its loop only. Owns the
/// descriptor.
/// </summary>
internal abstract class LoopSocket(EventLoop loop, int descriptor, ISocketHandler handler)
{
    // What one call into the kernel sends of the kept bytes: 128 KB.
    private const int PiecesAtOnce = 32;

    private ISocketHandler _handler = handler;
    private ByteQueue _kept;
    private long _progressAt;
    private FailureNotice _failureNotice;

    private enum FailureNotice : byte
    {
        /// <summary>The connection has not failed.</summary>
        None,

        /// <summary>The current handler was notified of the failure.</summary>
        Delivered,

        /// <summary>The loop will notify the current handler of the failure.</summary>
        Pending,
    }

    public EventLoop Loop { get; } = loop;

    public int Descriptor { get; } = descriptor;

    protected Kernel Kernel => Loop.Kernel;

    /// <summary>
    /// Receives the events of the socket. May be changed at any time, also during a call to the old handler. If the old
    /// handler was notified of a failure, the new one is notified in the next turn of the loop: a failure is never lost
    /// when a socket changes its owner.
    /// </summary>
    public ISocketHandler Handler
    {
        get => _handler;
        set
        {
            _handler = value;
            if (_failureNotice == FailureNotice.Delivered)
            {
                _failureNotice = FailureNotice.Pending;
                Loop.Post(static socket => ((LoopSocket)socket!).NotifyFailure(), this);
            }
        }
    }

    /// <summary>Whether <see cref="Close"/> or <see cref="Reset"/> was called.</summary>
    public bool IsClosed { get; protected set; }

    /// <summary>Whether the handler was notified that the connection has failed. Then it closes the socket.</summary>
    public bool HasFailed => _failureNotice == FailureNotice.Delivered;

    /// <summary>
    /// Whether the kernel knows that the connection was reset or has ended on both sides, and neither the handler nor
    /// the loop does. True for a moment between the event and its processing.
    /// </summary>
    public bool IsGoneUnnoticed => _failureNotice == FailureNotice.None && TcpState.IsClosed(Kernel, Descriptor);

    /// <summary>The error for which the connection failed; 0 before, or if it is unknown.</summary>
    protected int Failure { get; set; }

    /// <summary>How many bytes given to <see cref="Send"/> the kernel has not yet taken.</summary>
    public virtual int Unsent => _kept.Length;

    /// <summary>
    /// How many bytes it buffers: kept ones, and received ones that the handler has not been given because it has
    /// paused the socket. May be read from any thread.
    /// </summary>
    public virtual int Buffered => _kept.Length;

    /// <summary>
    /// Since when kept bytes have waited without any progress: a timestamp of the loop's clock; null if none wait. May
    /// be read from any thread.
    /// </summary>
    public long? SendStalledSince => _kept.IsEmpty ? null : Volatile.Read(ref _progressAt);

    /// <summary>Whether nothing of it is under way, so that it can be let go. It is not if its failure is still to be
    /// told.</summary>
    public abstract bool IsReleasable { get; }

    /// <summary>
    /// Whether more than so many bytes are unsent. Then <see cref="ISocketHandler.Writable"/> says when there is none
    /// left. To be asked as often as bytes are sent.
    /// </summary>
    public virtual bool IsBehind(int bytes) => Unsent > bytes;

    /// <summary>
    /// Begins, or goes on, telling what comes. What came meanwhile is told soon, never from inside this call.
    /// </summary>
    public abstract void Receive();

    /// <summary>
    /// Tells neither bytes nor the peer's end until <see cref="Receive"/>, so that the peer is slowed down. A failure
    /// is told all the same.
    /// </summary>
    public abstract void Pause();

    /// <summary>
    /// Sends as much as is taken at once. If that is less than all, <see cref="ISocketHandler.Writable"/> is told when
    /// it is worth trying again.
    /// </summary>
    /// <returns>How many bytes were taken: none while there are <see cref="Unsent"/> ones. All, if the connection is
    /// gone, which is told as a failure, or the socket closed.</returns>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Sends all of the bytes: now what is taken, the rest as soon as it can be, in order. How much may be kept is the
    /// caller's to bound: <see cref="Unsent"/> says, and <see cref="ISocketHandler.Writable"/> when there is none left.
    /// </summary>
    public abstract void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Sends FIN after what is unsent. Receiving goes on.</summary>
    public abstract void Finish();

    /// <summary>Gives the connection and its descriptor up, with FIN. What is unsent is dropped.</summary>
    public abstract void Close();

    /// <summary>Gives the connection and its descriptor up, with RST.</summary>
    public void Reset()
    {
        if (!IsClosed)
        {
            AbortOnClose();
            Close();
        }
    }

    /// <summary>
    /// Begins to leave the loop: nothing more is asked of the kernel. What it has handed over already is told, in this
    /// turn or later ones, even while paused. The peer's end and a failure are told as ever.
    /// </summary>
    public abstract void BeginRelease();

    /// <summary>Stays on the loop after all.</summary>
    public abstract void StayOn();

    /// <summary>
    /// Leaves the loop, without a word to the peer: the descriptor is the caller's from now on, and nothing is told any
    /// more. What the peer has sent and was not told waits in the kernel.
    /// </summary>
    /// <returns>What is unsent.</returns>
    /// <exception cref="InvalidOperationException">It is not <see cref="IsReleasable"/>, or closed.</exception>
    public abstract byte[] Release();

    /// <summary>To be called by <see cref="Release"/>.</summary>
    protected void ThrowUnlessReleasable()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (!IsReleasable)
        {
            throw new InvalidOperationException("Something of the socket is under way.");
        }
    }

    /// <summary>How many bytes are kept to be sent later.</summary>
    protected int Kept => _kept.Length;

    /// <summary>Notifies the handler that the connection has failed.</summary>
    protected void NotifyFailure(int error)
    {
        Failure = error;
        _failureNotice = FailureNotice.Pending;
        NotifyFailure();
    }

    /// <summary>Keeps bytes to be sent later. The connection fails if there is no memory for them.</summary>
    protected void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_kept.IsEmpty)
        {
            Volatile.Write(ref _progressAt, Loop.Now);
        }

        if (!_kept.TryAdd(Loop.Store, bytes))
        {
            Break(Errno.NoBufferSpace);
        }
    }

    /// <summary>Drops all of the kept bytes.</summary>
    protected void DropKept() => _kept.Clear(Loop.Store);

    /// <summary>Moves the kept bytes out.</summary>
    protected byte[] TakeKept() => _kept.TakeAll(Loop.Store);

    /// <summary>Sends kept bytes, as many as the kernel has room for.</summary>
    /// <param name="error">0 if it took all that it was given, <see cref="Errno.TryAgain"/> if less, else why the
    /// connection is lost.</param>
    protected unsafe void SendKept(out int error)
    {
        error = 0;
        var pieces = stackalloc Piece[PiecesAtOnce];
        while (error == 0 && !_kept.IsEmpty)
        {
            var (count, length) = _kept.Describe(Loop.Store, new Span<Piece>(pieces, PiecesAtOnce));
            var message = new Message { Pieces = pieces, Count = (nuint)count };
            var sent = (int)Kernel.SendMessage(
                Descriptor, &message, SocketConstants.NoSignal | SocketConstants.DoNotWait);
            error = ErrorOf(sent, length);
            if (sent > 0)
            {
                Volatile.Write(ref _progressAt, Loop.Now);
                _kept.Remove(Loop.Store, sent);
            }
        }
    }

    /// <summary>The connection is lost: the handler is notified by the loop, not from inside this call.</summary>
    protected abstract void Break(int error);

    /// <summary>Gives bytes to the kernel, which takes what it has room for.</summary>
    /// <param name="bytes">At least one.</param>
    /// <param name="error">0 if it took all, <see cref="Errno.TryAgain"/> if less, else why the connection is
    /// gone.</param>
    /// <returns>How many it took; all, if the connection is gone.</returns>
    protected unsafe int SendNow(ReadOnlySpan<byte> bytes, out int error)
    {
        int sent;
        do
        {
            fixed (byte* start = bytes)
            {
                sent = (int)Kernel.Send(
                    Descriptor,
                    start,
                    (nuint)bytes.Length,
                    SocketConstants.NoSignal | SocketConstants.DoNotWait);
            }

            error = ErrorOf(sent, bytes.Length);
        }
        while (error == 0 && sent < 0);
        return error is 0 or Errno.TryAgain ? Math.Max(sent, 0) : bytes.Length;
    }

    /// <summary>The error that the kernel holds for this socket; 0 if there is none.</summary>
    protected unsafe int TakeError()
    {
        int error;
        uint length = sizeof(int);
        return Kernel.GetSocketOption(
            Descriptor, SocketConstants.SocketLevel, SocketConstants.ErrorOption, &error, &length) == 0
            ? error
            : Marshal.GetLastPInvokeError();
    }

    private void NotifyFailure()
    {
        if (IsClosed || _failureNotice != FailureNotice.Pending)
        {
            return;
        }

        _failureNotice = FailureNotice.Delivered;
        try
        {
            _handler.Failed(Failure);
        }
        catch
        {
            Reset();
            throw;
        }
    }

    private static int ErrorOf(int sent, int length)
    {
        var error = sent == length ? 0 : sent >= 0 ? Errno.TryAgain : Marshal.GetLastPInvokeError();
        return error == Errno.Interrupted ? 0 : error;
    }

    private unsafe void AbortOnClose()
    {
        // struct linger { on, seconds }: with 0 seconds, close(2) resets.
        var linger = (On: 1, Seconds: 0);
        _ = Kernel.SetSocketOption(
            Descriptor, SocketConstants.SocketLevel, SocketConstants.LingerOption, &linger, 2 * sizeof(int));
    }
}
