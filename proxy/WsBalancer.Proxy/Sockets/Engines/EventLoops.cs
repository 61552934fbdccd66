using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Sockets.Epoll;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Engines;

/// <summary>The event loops of the data host.</summary>
internal sealed class EventLoops : IDisposable
{
    private EventLoops(SocketEngine engine, EventLoop[] all)
    {
        Engine = engine;
        All = all;
    }

    /// <summary>What they wait with.</summary>
    public SocketEngine Engine { get; }

    public IReadOnlyList<EventLoop> All { get; }

    public int Count => All.Count;

    /// <summary>Starts them; null if the platform's sockets are to serve.</summary>
    /// <exception cref="IOException">The kernel refused what they need.</exception>
    public static EventLoops? Create(SocketsOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        if (options.Engine == SocketEngine.Sockets || !OperatingSystem.IsLinux())
        {
            return null;
        }

        var logger = loggers.CreateLogger<EventLoops>();
        var loops = new EventLoop[options.Loops];
        for (var i = 0; i < loops.Length; i++)
        {
            loops[i] = new EpollLoop(i, time, logger);
            loops[i].Start();
        }

        return new EventLoops(SocketEngine.Epoll, loops);
    }

    public void Dispose()
    {
        foreach (var loop in All)
        {
            loop.Dispose();
        }
    }
}
