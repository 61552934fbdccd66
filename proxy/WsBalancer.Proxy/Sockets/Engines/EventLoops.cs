using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Settings;
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

    /// <summary>Whether there are event loops on this system.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>The engine of the loops: epoll or io_uring.</summary>
    public SocketEngine Engine { get; }

    public IReadOnlyList<EventLoop> All { get; }

    public int Count => All.Count;

    /// <summary>The memory in which the sockets of all loops buffer bytes.</summary>
    public ChunkStore Store { get; }

    /// <summary>Starts the loops and logs their engine; returns null if the platform's sockets are used.</summary>
    /// <exception cref="SettingsException">The configured engine is not available on this system.</exception>
    /// <exception cref="IOException">The kernel refused what epoll requires.</exception>
    public static EventLoops? Create(SocketsOptions options, TimeProvider time, ILoggerFactory loggers) =>
        Create(options, time, loggers, UringProbe.FindObstacle);

    // The function findObstacle returns a sentence: why io_uring cannot be used. Null if it can.
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
            var sizes = RingSizes.Default with { HasOwnListener = options.Loops == 1 };
            try
            {
                return new EventLoops(
                    SocketEngine.IoUring,
                    Start(options.Loops, index => new UringLoop(index, time, logger, store, sizes)),
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
