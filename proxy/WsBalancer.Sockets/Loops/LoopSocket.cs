using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Loops;

/// <summary>
/// A connected, or connecting, stream socket on an event loop. Used on the thread of its loop only. Owns the
/// descriptor.
/// </summary>
internal abstract class LoopSocket(EventLoop loop, int descriptor, ISocketHandler handler)
{
    // The most chunks of kept bytes that one system call sends: 128 KB.
    private const int MaxVectorsPerCall = 32;

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
                Loop.Post(static socket => ((LoopSocket)socket).NotifyFailure(), this);
            }
        }
    }

    /// <summary>Whether <see cref="Close"/> or <see cref="Reset"/> was called.</summary>
    public bool IsClosed { get; protected set; }

    /// <summary>
    /// Whether the handler was notified that the connection has failed. The handler must then close the socket.
    /// </summary>
    public bool HasFailed => _failureNotice == FailureNotice.Delivered;

    /// <summary>
    /// Whether the kernel has closed the connection, after RST or after FIN from both sides, and no failure was
    /// recorded here. True for a moment between the event and its processing.
    /// </summary>
    public bool IsClosedInKernel => _failureNotice == FailureNotice.None && TcpState.IsClosed(Kernel, Descriptor);

    /// <summary>The error with which the connection failed; 0 before a failure, or if the error is unknown.</summary>
    protected int Failure { get; set; }

    /// <summary>The number of bytes given to <see cref="Send"/> that the kernel has not yet taken.</summary>
    public virtual int UnsentBytes => _kept.Length;

    /// <summary>
    /// The number of buffered bytes: those kept for sending, and received ones that were not delivered because the
    /// handler has paused the socket. May be read from any thread.
    /// </summary>
    public virtual int BufferedBytes => _kept.Length;

    /// <summary>
    /// Since when kept bytes have waited without any progress: a timestamp of the loop's clock; null if no bytes wait.
    /// May be read from any thread.
    /// </summary>
    public long? SendStalledSince => _kept.IsEmpty ? null : Volatile.Read(ref _progressAt);

    /// <summary>
    /// Whether <see cref="Release"/> may be called: no request is pending, and no failure must still be delivered.
    /// </summary>
    public abstract bool IsReleasable { get; }

    /// <summary>
    /// Whether more than so many bytes are unsent. If so, <see cref="ISocketHandler.OnWritable"/> is called when none
    /// are left. Cheap enough for a call after every send.
    /// </summary>
    public virtual bool IsBehind(int bytes) => UnsentBytes > bytes;

    /// <summary>
    /// Starts or resumes the delivery of received bytes and FIN. Bytes that have already arrived are delivered soon,
    /// never from inside this call.
    /// </summary>
    public abstract void Receive();

    /// <summary>
    /// Delivers neither bytes nor FIN until <see cref="Receive"/>, so that the peer is slowed down. A failure is
    /// delivered nevertheless.
    /// </summary>
    public abstract void Pause();

    /// <summary>
    /// Sends as many bytes as the socket takes at once. If that is less than all,
    /// <see cref="ISocketHandler.OnWritable"/> is called when it is worth trying again.
    /// </summary>
    /// <returns>How many bytes were taken: none while bytes are <see cref="UnsentBytes"/>. All, if the connection has
    /// failed, which is delivered as a failure, or if the socket is closed.</returns>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Sends all of the bytes: now what the kernel takes, the rest as soon as possible, in order. The caller must limit
    /// how much is kept: see <see cref="UnsentBytes"/>; <see cref="ISocketHandler.OnWritable"/> is called when none are
    /// left.
    /// </summary>
    public abstract void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Sends FIN after the unsent bytes. Receiving continues.</summary>
    public abstract void ShutdownSend();

    /// <summary>Closes the connection with FIN, and its descriptor. Unsent bytes are dropped.</summary>
    public abstract void Close();

    /// <summary>Closes the connection with RST, and its descriptor.</summary>
    public void Reset()
    {
        if (!IsClosed)
        {
            AbortOnClose();
            Close();
        }
    }

    /// <summary>
    /// Begins the release from the loop: no more bytes are requested from the kernel. Bytes that the kernel has already
    /// returned are delivered, in this turn or later ones, even while the socket is paused. FIN and a failure are
    /// delivered as usual.
    /// </summary>
    public abstract void BeginRelease();

    /// <summary>Cancels a release that was begun: the socket stays on the loop.</summary>
    public abstract void CancelRelease();

    /// <summary>
    /// Removes the socket from the loop, without FIN or RST: the caller owns the descriptor from now on, and no event
    /// follows. Received bytes that were not delivered remain in the kernel.
    /// </summary>
    /// <returns>The unsent bytes.</returns>
    /// <exception cref="InvalidOperationException"><see cref="IsReleasable"/> is false, or the socket is
    /// closed.</exception>
    public abstract byte[] Release();

    /// <summary>Must be called first by <see cref="Release"/>.</summary>
    protected void ThrowUnlessReleasable()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (!IsReleasable)
        {
            throw new InvalidOperationException("Something of the socket is under way.");
        }
    }

    /// <summary>The number of bytes that are kept for sending later.</summary>
    protected int Kept => _kept.Length;

    /// <summary>Notifies the handler that the connection has failed.</summary>
    protected void NotifyFailure(int error)
    {
        Failure = error;
        _failureNotice = FailureNotice.Pending;
        NotifyFailure();
    }

    /// <summary>Keeps bytes for sending later. The connection fails if there is no memory for them.</summary>
    protected void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_kept.IsEmpty)
        {
            Volatile.Write(ref _progressAt, Loop.Now);
        }

        if (!_kept.TryAdd(Loop.Store, bytes))
        {
            ScheduleFailure(Errno.NoBufferSpace);
        }
    }

    /// <summary>Drops all of the kept bytes.</summary>
    protected void DropKept() => _kept.Clear(Loop.Store);

    /// <summary>Moves the kept bytes out.</summary>
    protected byte[] TakeKept() => _kept.TakeAll(Loop.Store);

    /// <summary>Sends kept bytes, as many as the kernel has room for.</summary>
    /// <param name="error">0 if the kernel took all bytes, <see cref="Errno.TryAgain"/> if fewer, otherwise the error
    /// of the connection.</param>
    protected unsafe void SendKept(out int error)
    {
        error = 0;
        var pieces = stackalloc IoVector[MaxVectorsPerCall];
        while (error == 0 && !_kept.IsEmpty)
        {
            var (count, length) = _kept.Describe(Loop.Store, new Span<IoVector>(pieces, MaxVectorsPerCall));
            var message = new MessageHeader { Vectors = pieces, Count = (nuint)count };
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

    /// <summary>
    /// Records that the connection has failed. The loop notifies the handler later, not from inside this call.
    /// </summary>
    protected abstract void ScheduleFailure(int error);

    /// <summary>Sends bytes, as many as the kernel has room for.</summary>
    /// <param name="bytes">At least one.</param>
    /// <param name="error">0 if the kernel took all bytes, <see cref="Errno.TryAgain"/> if fewer, otherwise the error
    /// of the connection.</param>
    /// <returns>How many bytes were taken; all, if the connection has failed.</returns>
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
            _handler.OnError(Failure);
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
        // struct linger { on, seconds }: with 0 seconds, close(2) sends RST.
        var linger = (On: 1, Seconds: 0);
        _ = Kernel.SetSocketOption(
            Descriptor, SocketConstants.SocketLevel, SocketConstants.LingerOption, &linger, 2 * sizeof(int));
    }
}
