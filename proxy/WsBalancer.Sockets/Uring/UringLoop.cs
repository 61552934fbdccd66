using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Uring;

/// <summary>
/// An event loop over io_uring: each turn enters the kernel once, which submits all requests of the last turn and waits
/// for completions.
/// </summary>
internal sealed unsafe class UringLoop(
    int index, TimeProvider time, ILogger logger, ChunkStore store, RingSizes? sizes = null, Kernel? kernel = null)
    : EventLoop(index, time, logger, store, kernel)
{
    private const ulong NumberMask = 0xFFFF_FFFF_FFFF;
    private const int RequestShift = 48;

    // Cancelled requests complete with the next entry into the kernel; those that are already executing, soon after.
    private const int MaxClosingTurns = 100;

    private readonly Coalescing _coalescing = new();
    private readonly TargetTable<IUringTarget> _targets = new();
    private readonly List<CompletionEntry> _completions = [];
    private readonly List<UringSocket> _awaitingBuffers = [];
    private List<IUringTarget> _scheduled = [];
    private List<IUringTarget> _delivering = [];
    private int _closing;
    private int _wake = -1;
    private UringQueues _ring = null!;
    private BufferRing _buffers = null!;
    private SendBatch _sends = null!;
    private LentBuffers _lent = null!;

    public override int SocketCount => _targets.Count - Volatile.Read(ref _closing);

    /// <summary>The number of the next entry into the kernel: sends of an earlier one are settled.</summary>
    public long Batch => _sends.Batch;

    public RingSizes Sizes { get; } = sizes ?? RingSizes.Default;

    /// <summary>Whether completions are waiting for the next turn.</summary>
    public bool HasCompletions => _ring.HasCompletions;

    public override LoopSocket Adopt(int descriptor, ISocketHandler handler, bool connecting = false)
    {
        var socket = new UringSocket(this, descriptor, handler);
        socket.Number = Register(socket);
        socket.Begin(connecting);
        return socket;
    }

    public override LoopSocket[] AllSockets() => [.. _targets.All().OfType<LoopSocket>()];

    public override LoopListener Listen(int descriptor, IAcceptHandler handler) =>
        new UringListener(this, descriptor, handler);

    /// <summary>Adds a target and returns its number.</summary>
    public ulong Register(IUringTarget target) => _targets.Add(target);

    /// <summary>Counts a target that is closing and whose last request may still be pending.</summary>
    public void CountClosing() => Volatile.Write(ref _closing, _closing + 1);

    /// <summary>Removes a target that was closing, after its last request has completed.</summary>
    public void Remove(ulong number)
    {
        _targets.Remove(number);
        Volatile.Write(ref _closing, _closing - 1);
    }

    /// <summary>Schedules a call of the target in this turn or the next, without a completion.</summary>
    public void Schedule(IUringTarget target) => _scheduled.Add(target);

    /// <summary>Calls <see cref="UringSocket.OnBuffersAvailable"/> when there are buffers to receive into.</summary>
    public void WaitForBuffers(UringSocket socket) => _awaitingBuffers.Add(socket);

    /// <summary>A request, for the caller to fill in; the next entry into the kernel submits it.</summary>
    public SubmissionEntry* Request(byte operation, RequestKind request, ulong number, int descriptor)
    {
        var entry = _ring.Next(out var submitted);
        if (submitted)
        {
            _sends.Seal();
        }

        entry->Operation = operation;
        entry->Descriptor = descriptor;
        entry->UserData = UserData(request, number);
        return entry;
    }

    /// <summary>Cancels a request. Its own completion, which may already be there, reports the end.</summary>
    public void Cancel(RequestKind request, ulong number)
    {
        var entry = Request(UringConstants.AsyncCancel, Uring.RequestKind.Cancel, number, -1);
        entry->Flags = UringConstants.SkipSuccess;
        entry->Target = UserData(request, number);
    }

    /// <summary>Lends out a received buffer until the call of the target returns.</summary>
    public ReadOnlySpan<byte> Lend(in CompletionEntry completion) => _lent.Lend(completion);

    /// <summary>Sends bytes from the lent buffer. False if they are not in it, or the batch refuses them.</summary>
    public bool TrySendLent(UringSocket socket, ReadOnlySpan<byte> bytes, bool more)
    {
        var start = _lent.Find(bytes);
        if (start is null)
        {
            return false;
        }

        var isAdded = more
            ? _sends.TryExtend(socket, start, bytes.Length)
            : _sends.TryAdd(socket, start, bytes.Length, this);
        _lent.Hold(isAdded);
        return isAdded;
    }

    public ReadOnlySpan<IoVector> VectorsOf(in Sent sent) => _sends.VectorsOf(sent);

    protected override void Open()
    {
        try
        {
            _wake = Kernel.EventDescriptor(0, SocketConstants.NonBlocking | SocketConstants.CloseOnExec);
            if (_wake < 0)
            {
                throw new IOException(
                    $"eventfd failed: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
            }

            _ring = new UringQueues(Kernel, Sizes.Submissions, Sizes.Completions);
            _buffers = new BufferRing(_ring, Sizes.Buffers, Sizes.BufferSize);
            _lent = new LentBuffers(_buffers);
            _sends = new SendBatch();
            WatchWakes();
        }
        catch
        {
            Free();
            throw;
        }
    }

    protected override void Wake()
    {
        // The poll reports every write, so the counter is never read. 2^64 writes fit.
        ulong one = 1;
        _ = Kernel.Write(_wake, &one, sizeof(ulong));
    }

    protected override void RunTurn() => RunTurn(_scheduled.Count == 0 && _awaitingBuffers.Count == 0 && !HasPosted);

    protected override void FreeResources()
    {
        for (var i = 0; i < MaxClosingTurns && _closing > 0; i++)
        {
            RunTurn(wait: false);
        }

        foreach (var target in _targets.All())
        {
            target.OnLoopEnded();
        }

        Free();
    }

    private static ulong UserData(RequestKind request, ulong number) => ((ulong)request << RequestShift) | number;

    private void RunTurn(bool wait)
    {
        _ring.Enter(wait ? _coalescing.Wanted : 0);
        UpdateNow();
        Collect();
        _coalescing.Record(_completions.Count, wait);
        foreach (ref readonly var completion in CollectionsMarshal.AsSpan(_completions))
        {
            Deliver(completion);
        }

        _completions.Clear();
        DeliverScheduled();
        NotifyBuffers();
    }

    private void Collect()
    {
        _sends.Seal();
        for (TakeCompletions(); _ring.HasOverflown; TakeCompletions())
        {
            _ring.Enter(completions: 0);
        }

        if (_ring.Pending == 0)
        {
            _sends.Settle();
            _lent.Settle();
        }
    }

    // Short sends are handled first, wherever they are in the queue: received bytes may be sent to the same sockets.
    private void TakeCompletions()
    {
        while (_ring.TryTake(out var completion))
        {
            if ((RequestKind)(completion.UserData >> RequestShift) != Uring.RequestKind.Send)
            {
                _completions.Add(completion);
            }
            else if (_targets.Find(completion.UserData & NumberMask) is { } target)
            {
                target.OnCompleted(Uring.RequestKind.Send, completion);
            }
        }
    }

    private void Deliver(in CompletionEntry completion)
    {
        var request = (RequestKind)(completion.UserData >> RequestShift);
        if (request == Uring.RequestKind.Wake)
        {
            OnWoken();
            if ((completion.Flags & UringConstants.More) == 0)
            {
                WatchWakes();
            }
        }
        else if (_targets.Find(completion.UserData & NumberMask) is { } target)
        {
            try
            {
                target.OnCompleted(request, completion);
            }
            catch (Exception ex)
            {
                HandlerFailed(ex);
                target.OnHandlerFailed();
            }
        }

        if ((completion.Flags & UringConstants.HasBuffer) != 0)
        {
            _lent.TakeBack(completion);
        }
    }

    // Only targets scheduled before this call: one that schedules itself every time must not delay the others.
    private void DeliverScheduled()
    {
        (_delivering, _scheduled) = (_scheduled, _delivering);
        foreach (var target in _delivering)
        {
            try
            {
                target.OnScheduled();
            }
            catch (Exception ex)
            {
                HandlerFailed(ex);
                target.OnHandlerFailed();
            }
        }

        _delivering.Clear();
    }

    // Held buffers return after the next entry into the kernel, which does not wait while sockets lack buffers.
    private void NotifyBuffers()
    {
        if (_awaitingBuffers.Count > 0 && _lent.Held < Sizes.Buffers)
        {
            foreach (var socket in _awaitingBuffers)
            {
                socket.OnBuffersAvailable();
            }

            _awaitingBuffers.Clear();
        }
    }

    private void WatchWakes()
    {
        var entry = Request(UringConstants.PollAdd, Uring.RequestKind.Wake, 0, _wake);
        entry->Length = UringConstants.PollMany;
        entry->OperationFlags = UringConstants.PollIn;
    }

    private void Free()
    {
        _ring?.Dispose();
        _buffers?.Dispose();
        _sends?.Dispose();
        if (_wake >= 0)
        {
            _ = Kernel.Close(_wake);
        }
    }
}
