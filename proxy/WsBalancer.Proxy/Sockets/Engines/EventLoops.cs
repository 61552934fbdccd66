using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Sockets.Epoll;
using WsBalancer.Proxy.Sockets.Loops;
using WsBalancer.Proxy.Sockets.Uring;

namespace WsBalancer.Proxy.Sockets.Engines;

/// <summary>The event loops of the data host.</summary>
internal sealed class EventLoops : IDisposable
{
    private const string EngineKey = "WsBalancer:Sockets:Engine";

    private EventLoops(SocketEngine engine, EventLoop[] all, ChunkStore store)
    {
        Engine = engine;
        All = all;
        Store = store;
    }

    /// <summary>Whether this system has event loops at all.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>What they wait with.</summary>
    public SocketEngine Engine { get; }

    public IReadOnlyList<EventLoop> All { get; }

    public int Count => All.Count;

    /// <summary>The memory of what the sockets of all loops buffer.</summary>
    public ChunkStore Store { get; }

    /// <summary>Starts them, and logs what they are; null if the platform's sockets are to serve.</summary>
    /// <exception cref="SettingsException">The engine that is asked for is not to be had here.</exception>
    /// <exception cref="IOException">The kernel refused what epoll needs.</exception>
    public static EventLoops? Create(SocketsOptions options, TimeProvider time, ILoggerFactory loggers) =>
        Create(options, time, loggers, UringProbe.FindObstacle);

    /// <param name="options">The engine, and how many.</param>
    /// <param name="time">The loops' time.</param>
    /// <param name="loggers">For what is chosen, and the loops.</param>
    /// <param name="findObstacle">Says why io_uring cannot be used; null if it can.</param>
    internal static EventLoops? Create(
        SocketsOptions options, TimeProvider time, ILoggerFactory loggers, Func<string?> findObstacle)
    {
        var logger = loggers.CreateLogger<EventLoops>();
        if (options.Engine == SocketEngine.Sockets || (options.Engine == SocketEngine.Auto && !IsSupported))
        {
            EnginesLog.OnSockets(logger);
            return null;
        }

        if (!IsSupported)
        {
            throw NotToBeHad(options.Engine, "only Linux has it.");
        }

        var store = new ChunkStore(options.BufferBound);
        try
        {
            var loops = TryCreateUring(options, time, logger, store, findObstacle) ?? new EventLoops(
                SocketEngine.Epoll, Start(options.Loops, index => new EpollLoop(index, time, logger, store)), store);
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
        SocketsOptions options, TimeProvider time, ILogger logger, ChunkStore store, Func<string?> findObstacle)
    {
        if (options.Engine == SocketEngine.Epoll)
        {
            return null;
        }

        var obstacle = findObstacle();
        if (obstacle is null)
        {
            var sizes = RingSizes.Default with { IsAlone = options.Loops == 1 };
            try
            {
                return new EventLoops(
                    SocketEngine.IoUring,
                    Start(options.Loops, index => new UringLoop(index, time, logger, store, sizes)),
                    store);
            }
            catch (IOException ex)
            {
                // There may be room for one, as was tried, and not for all.
                obstacle = UringProbe.Explain(ex);
            }
        }

        if (options.Engine == SocketEngine.IoUring)
        {
            throw NotToBeHad(options.Engine, obstacle);
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

    private static SettingsException NotToBeHad(SocketEngine engine, string obstacle) =>
        new(
        [
            new SettingsError(
                EngineKey, $"{EngineKey} is '{engine.Label()}', which is not to be had here: {obstacle}"),
        ]);
}
