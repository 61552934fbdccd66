using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Epoll;

/// <summary>
/// An event loop over epoll, edge-triggered: every socket is registered once, for all events, so that pausing and
/// resuming need no system call.
/// </summary>
internal sealed unsafe class EpollLoop(
    int index, TimeProvider time, ILogger logger, ChunkStore store, Kernel? kernel = null)
    : EventLoop(index, time, logger, store, kernel)
{
    /// <summary>The most bytes of one receive. One buffer serves all sockets of the loop.</summary>
    public const int BufferSize = LargestReceive;

    private const int MaxEvents = 512;
    private const ulong WakeNumber = ulong.MaxValue;

    private readonly TargetTable<IEpollTarget> _targets = new();
    private List<IEpollTarget> _scheduled = [];
    private List<IEpollTarget> _delivering = [];
    private byte* _events;
    private int _epoll = -1;
    private int _wake = -1;

    public override int SocketCount => _targets.Count;

    /// <summary>The buffer that sockets receive into. Its content is valid until the loop's next receive.</summary>
    public byte* Buffer { get; private set; }

    public override LoopSocket Adopt(int descriptor, ISocketHandler handler, bool connecting = false)
    {
        var socket = new EpollSocket(this, descriptor, handler, connecting);
        socket.Number = Register(
            descriptor, socket, EpollEvent.In | EpollEvent.Out | EpollEvent.ReadHangUp | EpollEvent.Edge);
        return socket;
    }

    public override LoopSocket[] AllSockets() => [.. _targets.All().OfType<LoopSocket>()];

    public override LoopListener Listen(int descriptor, IAcceptHandler handler) =>
        new EpollListener(this, descriptor, handler);

    /// <summary>Schedules one more call of the target, without an event, before the next wait.</summary>
    public void Schedule(IEpollTarget target) => _scheduled.Add(target);

    public void Remove(ulong number) => _targets.Remove(number);

    /// <summary>Registers a descriptor with epoll. Its events are delivered to the target.</summary>
    /// <returns>The number of the target.</returns>
    public ulong Register(int descriptor, IEpollTarget target, uint events)
    {
        var number = _targets.Add(target);
        if (!Control(EpollEvent.Add, descriptor, events, number))
        {
            var error = Marshal.GetLastPInvokeError();
            _targets.Remove(number);
            throw Refused("epoll_ctl", error);
        }

        return number;
    }

    public void Unregister(int descriptor, ulong number)
    {
        _targets.Remove(number);
        _ = Control(EpollEvent.Delete, descriptor, 0, number);
    }

    protected override void Open()
    {
        try
        {
            _epoll = Need(Kernel.EpollCreate(SocketConstants.CloseOnExec), "epoll_create1");
            _wake = Need(
                Kernel.EventDescriptor(0, SocketConstants.NonBlocking | SocketConstants.CloseOnExec), "eventfd");
            if (!Control(EpollEvent.Add, _wake, EpollEvent.In | EpollEvent.Edge, WakeNumber))
            {
                throw Refused("epoll_ctl", Marshal.GetLastPInvokeError());
            }

            Buffer = (byte*)NativeMemory.Alloc(BufferSize);
            _events = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * EpollEvent.Size));
        }
        catch
        {
            FreeResources();
            throw;
        }
    }

    protected override void Wake()
    {
        // Edge-triggered: every write causes an event, so the counter is never read. 2^64 writes fit.
        ulong one = 1;
        _ = Kernel.Write(_wake, &one, sizeof(ulong));
    }

    protected override void RunTurn()
    {
        var mayBlock = _scheduled.Count == 0 && !HasPosted;
        var count = Kernel.EpollWait(_epoll, _events, MaxEvents, mayBlock ? -1 : 0);
        UpdateNow();
        for (var i = 0; i < count; i++)
        {
            var (events, number) = EpollEvent.Read(_events, i);
            if (number == WakeNumber)
            {
                OnWoken();
            }
            else if (_targets.Find(number) is { } target)
            {
                Deliver(target, events);
            }
        }

        DeliverScheduled();
    }

    protected override void FreeResources()
    {
        foreach (var target in _targets.All().ToArray())
        {
            target.OnLoopEnded();
        }

        if (_wake >= 0)
        {
            _ = Kernel.Close(_wake);
        }

        if (_epoll >= 0)
        {
            _ = Kernel.Close(_epoll);
        }

        NativeMemory.Free(Buffer);
        NativeMemory.Free(_events);
    }

    // Only targets scheduled before this call: one that schedules itself every time must not delay the others.
    private void DeliverScheduled()
    {
        (_delivering, _scheduled) = (_scheduled, _delivering);
        foreach (var target in _delivering)
        {
            Deliver(target, 0);
        }

        _delivering.Clear();
    }

    private void Deliver(IEpollTarget target, uint events)
    {
        try
        {
            target.OnEvents(events);
        }
        catch (Exception ex)
        {
            HandlerFailed(ex);
            target.OnHandlerFailed();
        }
    }

    private bool Control(int operation, int descriptor, uint events, ulong number)
    {
        var epollEvent = stackalloc byte[EpollEvent.Size];
        EpollEvent.Write(epollEvent, events, number);
        return Kernel.EpollControl(_epoll, operation, descriptor, epollEvent) == 0;
    }

    private static int Need(int descriptor, string call) =>
        descriptor >= 0 ? descriptor : throw Refused(call, Marshal.GetLastPInvokeError());

    private static IOException Refused(string call, int error) =>
        new($"{call} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
}

/// <summary>A socket or listener whose descriptor an <see cref="EpollLoop"/> watches.</summary>
internal interface IEpollTarget
{
    /// <summary>Handles events of the descriptor; 0 for a call that the target has scheduled.</summary>
    public void OnEvents(uint events);

    /// <summary>Resets the connection, because the handler of the target failed.</summary>
    public void OnHandlerFailed();

    /// <summary>Closes the target's own descriptor, because the loop ends.</summary>
    public void OnLoopEnded();
}
