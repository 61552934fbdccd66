using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Sockets.Linux;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Uring;

/// <summary>
/// An event loop over io_uring: one entry into the kernel a turn, which submits everything that the last turn asked for
/// and waits for what comes.
/// </summary>
internal sealed unsafe class UringLoop(
    int index, TimeProvider time, ILogger logger, ChunkStore store, RingSizes? sizes = null, Kernel? kernel = null)
    : EventLoop(index, time, logger, store, kernel)
{
    private const ulong NumberMask = 0xFFFF_FFFF_FFFF;
    private const int RequestShift = 48;

    // Cancelled requests end at the next entry into the kernel; those that were being done, soon after.
    private const int TurnsToShut = 100;

    private readonly Coalescing _coalescing = new();
    private readonly SocketTable<IUringTarget> _targets = new();
    private readonly List<CompletionEntry> _completions = [];
    private readonly List<UringSocket> _starved = [];
    private List<IUringTarget> _again = [];
    private List<IUringTarget> _turning = [];
    private int _closing;
    private int _wake = -1;
    private Ring _ring = null!;
    private BufferRing _buffers = null!;
    private Outbox _outbox = null!;
    private LentBuffers _lent = null!;

    public override int Sockets => _targets.Count - Volatile.Read(ref _closing);

    /// <summary>Which entry into the kernel comes next: what was sent with an earlier one is settled.</summary>
    public long Batch => _outbox.Batch;

    public RingSizes Sizes { get; } = sizes ?? RingSizes.Default;

    /// <summary>Whether something became of requests that the next turn will tell.</summary>
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

    /// <summary>Takes a target in, and gives it a number.</summary>
    public ulong Register(IUringTarget target) => _targets.Add(target);

    /// <summary>A target is to go, once nothing of it is under way.</summary>
    public void Leaves() => Volatile.Write(ref _closing, _closing + 1);

    /// <summary>A target that was to go is gone.</summary>
    public void Forget(ulong number)
    {
        _targets.Remove(number);
        Volatile.Write(ref _closing, _closing - 1);
    }

    /// <summary>Calls the target again in this turn or the next, though nothing became of a request.</summary>
    public void Again(IUringTarget target) => _again.Add(target);

    /// <summary>Has the socket begin to receive once there are buffers.</summary>
    public void Starve(UringSocket socket) => _starved.Add(socket);

    /// <summary>A request, to be filled in further; it is submitted with the next entry into the kernel.</summary>
    public SubmissionEntry* Request(byte operation, Request request, ulong number, int descriptor)
    {
        var entry = _ring.Next(out var submitted);
        if (submitted)
        {
            _outbox.Seal();
        }

        entry->Operation = operation;
        entry->Descriptor = descriptor;
        entry->UserData = UserData(request, number);
        return entry;
    }

    /// <summary>Ends a request: its completion says so, unless it has come already.</summary>
    public void Cancel(Request request, ulong number)
    {
        var entry = Request(UringConstants.AsyncCancel, Uring.Request.Cancel, number, -1);
        entry->Flags = UringConstants.SkipSuccess;
        entry->Target = UserData(request, number);
    }

    /// <summary>Lends a received buffer out until the target returns.</summary>
    public ReadOnlySpan<byte> Lend(in CompletionEntry completion) => _lent.Lend(completion);

    /// <summary>Sends bytes straight from the buffer that is lent out. False if they are not in it, or cannot go with
    /// the others.</summary>
    public bool TrySendLent(UringSocket socket, ReadOnlySpan<byte> bytes, bool more)
    {
        var start = _lent.Find(bytes);
        if (start is null)
        {
            return false;
        }

        var isAdded = more
            ? _outbox.TryExtend(socket, start, bytes.Length)
            : _outbox.TryAdd(socket, start, bytes.Length, this);
        _lent.Hold(isAdded);
        return isAdded;
    }

    public ReadOnlySpan<Piece> PiecesOf(in Sent sent) => _outbox.PiecesOf(sent);

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

            _ring = new Ring(Kernel, Sizes.Submissions, Sizes.Completions);
            _buffers = new BufferRing(_ring, Sizes.Buffers, Sizes.BufferSize);
            _lent = new LentBuffers(_buffers);
            _outbox = new Outbox();
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
        // A poll tells every write, so the counter need never be read. It holds 2^64 of them.
        ulong one = 1;
        _ = Kernel.Write(_wake, &one, sizeof(ulong));
    }

    protected override void Turn() => Turn(_again.Count == 0 && _starved.Count == 0 && !HasPosted);

    protected override void Shut()
    {
        for (var i = 0; i < TurnsToShut && _closing > 0; i++)
        {
            Turn(wait: false);
        }

        foreach (var target in _targets.All())
        {
            target.Abandon();
        }

        Free();
    }

    private static ulong UserData(Request request, ulong number) => ((ulong)request << RequestShift) | number;

    private void Turn(bool wait)
    {
        _ring.Enter(wait ? _coalescing.Wanted : 0);
        TakeTime();
        Collect();
        _coalescing.Came(_completions.Count, wait);
        foreach (ref readonly var completion in CollectionsMarshal.AsSpan(_completions))
        {
            Tell(completion);
        }

        _completions.Clear();
        TellAgain();
        Feed();
    }

    private void Collect()
    {
        _outbox.Seal();
        for (Take(); _ring.HasOverflown; Take())
        {
            _ring.Enter(completions: 0);
        }

        if (_ring.Pending == 0)
        {
            _outbox.Settle();
            _lent.Settle();
        }
    }

    // Sends that fell short come first, wherever the kernel put them: what comes may be sent to the same sockets.
    private void Take()
    {
        while (_ring.TryTake(out var completion))
        {
            if ((Request)(completion.UserData >> RequestShift) != Uring.Request.Send)
            {
                _completions.Add(completion);
            }
            else if (_targets.Find(completion.UserData & NumberMask) is { } target)
            {
                target.On(Uring.Request.Send, completion);
            }
        }
    }

    private void Tell(in CompletionEntry completion)
    {
        var request = (Request)(completion.UserData >> RequestShift);
        if (request == Uring.Request.Wake)
        {
            Woken();
            if ((completion.Flags & UringConstants.More) == 0)
            {
                WatchWakes();
            }
        }
        else if (_targets.Find(completion.UserData & NumberMask) is { } target)
        {
            try
            {
                target.On(request, completion);
            }
            catch (Exception ex)
            {
                HandlerFailed(ex);
                target.Drop();
            }
        }

        if ((completion.Flags & UringConstants.HasBuffer) != 0)
        {
            _lent.TakeBack(completion);
        }
    }

    // Only those that asked before: one that asks without end must not keep the others waiting.
    private void TellAgain()
    {
        (_turning, _again) = (_again, _turning);
        foreach (var target in _turning)
        {
            try
            {
                target.Again();
            }
            catch (Exception ex)
            {
                HandlerFailed(ex);
                target.Drop();
            }
        }

        _turning.Clear();
    }

    // Buffers that are being sent from come back with the next entry into the kernel, which does not wait for that.
    private void Feed()
    {
        if (_starved.Count > 0 && _lent.Held < Sizes.Buffers)
        {
            foreach (var socket in _starved)
            {
                socket.Fed();
            }

            _starved.Clear();
        }
    }

    private void WatchWakes()
    {
        var entry = Request(UringConstants.PollAdd, Uring.Request.Wake, 0, _wake);
        entry->Length = UringConstants.PollMany;
        entry->OperationFlags = UringConstants.PollIn;
    }

    private void Free()
    {
        _ring?.Dispose();
        _buffers?.Dispose();
        _outbox?.Dispose();
        if (_wake >= 0)
        {
            _ = Kernel.Close(_wake);
        }
    }
}
