using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Loops;

/// <summary>
/// One thread that waits for many sockets at once and calls their handlers. All work on a socket runs on the thread of
/// its loop, so a socket needs no lock; other threads use <see cref="Post(Action)"/>.
/// </summary>
/// <remarks>A handler that throws does not end the loop: its socket is reset, and the failure is logged.</remarks>
internal abstract class EventLoop : IDisposable
{
    /// <summary>
    /// The most bytes that a socket receives beyond a <see cref="LoopSocket.Pause"/>, including those of the call that
    /// paused the socket, on every engine.
    /// </summary>
    public const int LargestReceive = 64 * 1024;

    [ThreadStatic]
    private static EventLoop? CurrentLoop;

    private readonly ConcurrentQueue<(Action<object> Action, object State)> _posted = new();
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _woken;
    private bool _started;
    private bool _stopping;

    /// <summary>
    /// Creates a loop, which runs from <see cref="Start"/> on; with a null kernel, on the kernel of this machine.
    /// </summary>
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

    /// <summary>The number of this loop among all loops, from 0.</summary>
    public int Index { get; }

    public TimeProvider Time { get; }

    /// <summary>
    /// The memory of the bytes that the sockets buffer. Shared by all loops; its owner disposes of it after them.
    /// </summary>
    public ChunkStore Store { get; }

    /// <summary>The kernel of the loop, its sockets and its listeners.</summary>
    public Kernel Kernel { get; }

    public bool IsCurrent => CurrentLoop == this;

    /// <summary>
    /// When the events that are being delivered were received: a timestamp of <see cref="Time"/>, taken once for all of
    /// them.
    /// </summary>
    public long Now { get; private set; }

    /// <summary>
    /// The processor times of the loop's thread; null before <see cref="Start"/>, and if the kernel does not publish
    /// them.
    /// </summary>
    public ThreadTimes? Times { get; private set; }

    /// <summary>The number of sockets, listening ones included. May be read from any thread.</summary>
    public abstract int SocketCount { get; }

    /// <summary>Runs callbacks of a pipe on the loop's thread: at once if that is the current thread.</summary>
    public System.IO.Pipelines.PipeScheduler Scheduler { get; }

    /// <summary>Starts the thread, and waits until it runs.</summary>
    /// <exception cref="IOException">The kernel refused what the loop needs.</exception>
    public void Start()
    {
        _thread.Start();
        _ready.Task.GetAwaiter().GetResult();
        _started = true;
    }

    /// <summary>
    /// Schedules an action for the loop's thread, in the order of the calls. From any thread. An action that is posted
    /// after the end of the loop never runs.
    /// </summary>
    public void Post(Action<object> action, object state)
    {
        _posted.Enqueue((action, state));
        if (!IsCurrent && Interlocked.Exchange(ref _woken, 1) == 0)
        {
            Wake();
        }
    }

    /// <inheritdoc cref="Post(Action{object}, object)"/>
    public void Post(Action action) => Post(static action => ((Action)action)(), action);

    /// <summary>Runs an action on the loop's thread: at once if that is the current thread. From any thread.</summary>
    public void RunOrPost(Action<object> action, object state)
    {
        if (IsCurrent)
        {
            action(state);
        }
        else
        {
            Post(action, state);
        }
    }

    /// <inheritdoc cref="RunOrPost(Action{object}, object)"/>
    public void RunOrPost(Action action) => RunOrPost(static action => ((Action)action)(), action);

    /// <summary>Returns an awaitable that switches an async method to the loop's thread. From any thread.</summary>
    public LoopEntry Enter() => new(this);

    /// <summary>Returns a task that completes in the loop's next turn, on its thread.</summary>
    public Task NextTurn()
    {
        var turn = new TaskCompletionSource();
        Post(static turn => ((TaskCompletionSource)turn).SetResult(), turn);
        return turn.Task;
    }

    /// <summary>Adds a socket to the loop. On the loop's thread.</summary>
    /// <param name="descriptor">The descriptor, which must be non-blocking. The socket owns it from now on.</param>
    /// <param name="handler">Receives the events: bytes and FIN only after <see cref="LoopSocket.Receive"/>.</param>
    /// <param name="connecting">Whether connect(2) is pending: then <see cref="ISocketHandler.OnWritable"/> reports
    /// success, and <see cref="ISocketHandler.OnError"/> an error.</param>
    /// <exception cref="IOException">The kernel refused; the descriptor is still the caller's.</exception>
    public abstract LoopSocket Adopt(int descriptor, ISocketHandler handler, bool connecting = false);

    /// <summary>All sockets of the loop, including closed ones with pending requests. On the loop's thread.</summary>
    public abstract LoopSocket[] AllSockets();

    /// <summary>Creates a listener for a listening socket, which must be non-blocking. On the loop's thread.</summary>
    /// <exception cref="IOException">The loop has no room for another socket.</exception>
    public abstract LoopListener Listen(int descriptor, IAcceptHandler handler);

    /// <summary>
    /// Stops the thread after all posted actions, and frees what the loop allocated. All sockets must be closed before.
    /// Must not be called on the loop's own thread.
    /// </summary>
    public void Dispose()
    {
        if (IsCurrent)
        {
            throw new InvalidOperationException("A loop cannot wait for the end of its own thread.");
        }

        if (_started)
        {
            Post(static loop => ((EventLoop)loop)._stopping = true, this);
            _thread.Join();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Whether posted actions are pending: then the next wait must not block.</summary>
    protected bool HasPosted => !_posted.IsEmpty;

    /// <summary>
    /// Allocates what the loop needs. On the loop's thread, because some of it may be used there only.
    /// </summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    protected abstract void Open();

    /// <summary>Interrupts the wait of the loop's thread. From any thread.</summary>
    protected abstract void Wake();

    /// <summary>
    /// Waits for events and delivers them. Does not block if <see cref="HasPosted"/> or if calls are scheduled.
    /// </summary>
    protected abstract void RunTurn();

    /// <summary>Frees what <see cref="Open"/> allocated. On the loop's thread.</summary>
    protected abstract void FreeResources();

    /// <summary>Sets <see cref="Now"/>. Must be called after each wait, before events are delivered.</summary>
    protected void UpdateNow() => Now = Time.GetTimestamp();

    /// <summary>
    /// Runs the posted actions. Must be called when <see cref="Wake"/> interrupted the wait, before later events are
    /// delivered: if a thread posts an action and then makes a peer send, the action must run first.
    /// </summary>
    protected void OnWoken()
    {
        // A full fence: a thread that posts after it wakes the loop again, and what was posted before it is visible
        // below.
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

        // An action posted before this could not wake the loop, whose wake descriptor did not exist.
        UpdateNow();
        OnWoken();
        _ready.SetResult();
        for (RunPosted(); !_stopping; RunPosted())
        {
            RunTurn();
        }

        // From here on, no thread may write to the wake descriptor, whose number is reused after Shut. A wake that
        // another thread has already begun is received first.
        while (Interlocked.Exchange(ref _woken, 1) != 0)
        {
            RunTurn();
        }

        FreeResources();
    }

    // Only actions posted before this call: an action that posts another one must not keep the sockets waiting.
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
            if (state is not null)
            {
                loop.RunOrPost(action, state);
            }
            else if (loop.IsCurrent)
            {
                action(null);
            }
            else
            {
                PostWithoutState(action);
            }
        }

        // A method of its own, so that only these calls allocate.
        private void PostWithoutState(Action<object?> action) => loop.Post(() => action(null));
    }
}
