using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.Epoll;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Sockets.Engines;

/// <summary>The event loops of the data host.</summary>
internal sealed class EventLoops : IDisposable
{
    private EventLoops(SocketEngine engine, EventLoop[] all, ChunkStore store)
    {
        Engine = engine;
        All = all;
        Store = store;
    }

    /// <summary>Whether there are event loops on this system.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>The engine of the loops: epoll or io_uring.</summary>
    public SocketEngine Engine { get; }

    public IReadOnlyList<EventLoop> All { get; }

    public int Count => All.Count;

    /// <summary>The memory in which the sockets of all loops buffer bytes.</summary>
    public ChunkStore Store { get; }

    /// <summary>Starts the loops and logs their engine; returns null if the platform's sockets are used.</summary>
    /// <param name="options">The engine and the size of the loops.</param>
    /// <param name="time">The clock of the loops.</param>
    /// <param name="loggers">Creates the logger of the loops.</param>
    /// <param name="findObstacle">Returns a sentence: why io_uring cannot be used. Null if it can.</param>
    /// <exception cref="SocketsException">The engine is not available on this system.</exception>
    /// <exception cref="IOException">The kernel refused what epoll requires.</exception>
    public static EventLoops? Create(
        LoopOptions options, TimeProvider time, ILoggerFactory loggers, Func<string?> findObstacle)
    {
        var logger = loggers.CreateLogger<EventLoops>();
        if (options.Engine == SocketEngine.Sockets || (options.Engine == SocketEngine.Auto && !IsSupported))
        {
            EnginesLog.OnSockets(logger);
            return null;
        }

        if (!IsSupported)
        {
            throw new SocketsException(options.Engine.Label(), "only Linux has it.");
        }

        var store = new ChunkStore(options.MaxBuffered);
        try
        {
            var loops = TryCreateUring(options, time, logger, store, findObstacle) ?? new EventLoops(
                SocketEngine.Epoll, Start(options.Count, index => new EpollLoop(index, time, logger, store)), store);
            EnginesLog.OnLoops(logger, loops.Engine.Label(), loops.Count);
            return loops;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var loop in All)
        {
            loop.Dispose();
        }

        Store.Dispose();
    }

    private static EventLoops? TryCreateUring(
        LoopOptions options, TimeProvider time, ILogger logger, ChunkStore store, Func<string?> findObstacle)
    {
        if (options.Engine == SocketEngine.Epoll)
        {
            return null;
        }

        var obstacle = findObstacle();
        if (obstacle is null)
        {
            var sizes = RingSizes.Default with { HasOwnListener = options.Count == 1 };
            try
            {
                return new EventLoops(
                    SocketEngine.IoUring,
                    Start(options.Count, index => new UringLoop(index, time, logger, store, sizes)),
                    store);
            }
            catch (IOException ex)
            {
                // The probe has created one ring; there may be no memory for the rings of all loops.
                obstacle = UringProbe.Explain(ex);
            }
        }

        if (options.Engine == SocketEngine.IoUring)
        {
            throw new SocketsException(options.Engine.Label(), obstacle);
        }

        EnginesLog.NoUring(logger, obstacle);
        return null;
    }

    private static EventLoop[] Start(int count, Func<int, EventLoop> create)
    {
        var loops = new List<EventLoop>(count);
        try
        {
            while (loops.Count < count)
            {
                var loop = create(loops.Count);
                loop.Start();
                loops.Add(loop);
            }

            return [.. loops];
        }
        catch
        {
            loops.ForEach(loop => loop.Dispose());
            throw;
        }
    }
}
