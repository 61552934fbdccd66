using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Sockets.Linux;

namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>
/// One thread that waits for many sockets at once and calls their handlers. Everything of a socket happens on the
/// thread of its loop, so nothing of it needs a lock; other threads <see cref="Post"/> what they want.
/// </summary>
/// <remarks>A handler that throws does not end the loop: its socket is reset, and the failure logged.</remarks>
internal abstract class EventLoop : IDisposable
{
    /// <summary>
    /// The most bytes that a socket receives beyond a <see cref="LoopSocket.Pause"/>, those of the call that paused it
    /// included, whatever the engine.
    /// </summary>
    public const int LargestReceive = 64 * 1024;

    [ThreadStatic]
    private static EventLoop? CurrentLoop;

    private readonly ConcurrentQueue<(Action<object?> Action, object? State)> _posted = new();
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _woken;
    private bool _started;
    private bool _stopping;

    /// <param name="index">Which of the loops it is, from 0.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For failures of handlers.</param>
    /// <param name="store">Memory for what its sockets buffer, shared with the other loops; the owner's to dispose of,
    /// after the loops.</param>
    /// <param name="kernel">The kernel of the loop; null for that of this machine.</param>
    protected EventLoop(int index, TimeProvider time, ILogger logger, ChunkStore store, Kernel? kernel)
    {
        Index = index;
        Time = time;
        Store = store;
        Kernel = kernel ?? Kernel.Linux;
        _logger = logger;
        Scheduler = new LoopScheduler(this);
        _thread = new Thread(Run) { IsBackground = true, Name = $"wsbalancer loop {index}" };
    }

    /// <summary>The loop whose thread this is; null on any other thread.</summary>
    public static EventLoop? Current => CurrentLoop;

    /// <summary>Which of the loops it is, from 0.</summary>
    public int Index { get; }

    public TimeProvider Time { get; }

    /// <summary>The memory of what its sockets buffer.</summary>
    public ChunkStore Store { get; }

    /// <summary>The kernel of the loop, its sockets and its listeners.</summary>
    public Kernel Kernel { get; }

    public bool IsCurrent => CurrentLoop == this;

    /// <summary>When the events that are being told came: a timestamp of <see cref="Time"/>, taken once for all of
    /// them.</summary>
    public long Now { get; private set; }

    /// <summary>The times of its thread; null before <see cref="Start"/>, and if the kernel does not publish them.
    /// </summary>
    public ThreadTimes? Times { get; private set; }

    /// <summary>How many sockets it has. May be read from any thread.</summary>
    public abstract int Sockets { get; }

    /// <summary>Runs what a pipe schedules on this loop: at once if this is its thread.</summary>
    public System.IO.Pipelines.PipeScheduler Scheduler { get; }

    /// <summary>Starts the thread, and waits until it runs.</summary>
    /// <exception cref="IOException">The kernel refused what the loop needs.</exception>
    public void Start()
    {
        _thread.Start();
        _ready.Task.GetAwaiter().GetResult();
        _started = true;
    }

    /// <summary>Runs something on the loop's thread, soon, in the order of the calls. From any thread. After the end of
    /// the loop it is never run.</summary>
    public void Post(Action<object?> action, object? state)
    {
        _posted.Enqueue((action, state));
        if (!IsCurrent && Interlocked.Exchange(ref _woken, 1) == 0)
        {
            Wake();
        }
    }

    /// <summary>To be awaited by a method that may be on any thread: it goes on on the loop's. At once, if this is
    /// it.</summary>
    public LoopEntry Enter() => new(this);

    /// <summary>To be awaited on the loop's thread: goes on in its next turn.</summary>
    public Task NextTurn()
    {
        var turn = new TaskCompletionSource();
        Post(static turn => ((TaskCompletionSource)turn!).SetResult(), turn);
        return turn.Task;
    }

    /// <summary>Takes a socket on. On the loop's thread.</summary>
    /// <param name="descriptor">One that does not block. It is the socket's from now on.</param>
    /// <param name="handler">Who is told. Nothing that comes is, until <see cref="LoopSocket.Receive"/>.</param>
    /// <param name="connecting">Whether connect(2) is under way: then <see cref="ISocketHandler.Writable"/> says that
    /// it is done, and <see cref="ISocketHandler.Failed"/> that it was refused.</param>
    /// <exception cref="IOException">The kernel refused; the descriptor is still the caller's.</exception>
    public abstract LoopSocket Adopt(int descriptor, ISocketHandler handler, bool connecting = false);

    /// <summary>The sockets that are open now. On the loop's thread.</summary>
    public abstract LoopSocket[] AllSockets();

    /// <summary>Watches a listening socket, which must not block. On the loop's thread.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public abstract LoopListener Listen(int descriptor, IAcceptHandler handler);

    /// <summary>
    /// Stops the thread after what was posted, and frees what the loop has. Its sockets must be closed. Not from its
    /// own thread.
    /// </summary>
    public void Dispose()
    {
        if (IsCurrent)
        {
            throw new InvalidOperationException("A loop cannot wait for the end of its own thread.");
        }

        if (_started)
        {
            Post(static loop => ((EventLoop)loop!)._stopping = true, this);
            _thread.Join();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Whether something waits that needs no event: the next wait must not block.</summary>
    protected bool HasPosted => !_posted.IsEmpty;

    /// <summary>Allocates what the loop needs. On its thread, as some of it may be used there only.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    protected abstract void Open();

    /// <summary>Ends the wait of the loop's thread. From any thread.</summary>
    protected abstract void Wake();

    /// <summary>Waits for events, unless <see cref="HasPosted"/> or the like, and tells them.</summary>
    protected abstract void Turn();

    /// <summary>Frees what <see cref="Open"/> allocated. On the loop's thread.</summary>
    protected abstract void Shut();

    /// <summary>To be called between waiting and telling.</summary>
    protected void TakeTime() => Now = Time.GetTimestamp();

    /// <summary>
    /// To be called when the wait was ended by <see cref="Wake"/>, before telling what came after that: whoever posts
    /// something and then has a peer send must not be overtaken by it.
    /// </summary>
    protected void Woken()
    {
        // A full fence: who posts after this wakes again, and who posted before is seen by what follows.
        Interlocked.Exchange(ref _woken, 0);
        if (!_stopping)
        {
            RunPosted();
        }
    }

    /// <summary>Logs what a handler threw.</summary>
    protected void HandlerFailed(Exception exception) => SocketsLog.HandlerFailed(_logger, exception);

    private void Run()
    {
        CurrentLoop = this;
        try
        {
            Open();
            Times = ThreadTimes.OfCurrent();
        }
        catch (Exception ex)
        {
            _ready.SetException(ex);
            return;
        }

        // There was nothing to wake before.
        TakeTime();
        Woken();
        _ready.SetResult();
        for (RunPosted(); !_stopping; RunPosted())
        {
            Turn();
        }

        // Nobody wakes it from now on; but whoever was about to must not write to a descriptor that is somebody else's.
        while (Interlocked.Exchange(ref _woken, 1) != 0)
        {
            Turn();
        }

        Shut();
    }

    // Only what was posted before: work that posts work must not keep the sockets waiting.
    private void RunPosted()
    {
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var posted); left--)
        {
            try
            {
                posted.Action(posted.State);
            }
            catch (Exception ex)
            {
                HandlerFailed(ex);
            }
        }
    }

    private sealed class LoopScheduler(EventLoop loop) : System.IO.Pipelines.PipeScheduler
    {
        public override void Schedule(Action<object?> action, object? state)
        {
            if (loop.IsCurrent)
            {
                action(state);
            }
            else
            {
                loop.Post(action, state);
            }
        }
    }
}
