using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Sockets.Epoll;
using WsBalancer.Proxy.Sockets.Loops;
using WsBalancer.Proxy.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>Every engine that event loops have: what a loop promises is tested on each.</summary>
public sealed class Engines : TheoryData<string>
{
    /// <summary>The memory of what the sockets of tests buffer. Lives as long as the process.</summary>
    internal static readonly ChunkStore Store = new(256 * 1024 * 1024);

    private static readonly Lazy<string?> Obstacle = new(UringProbe.FindObstacle);

    public Engines()
    {
        Add("epoll");
        Add("io_uring");
    }

    /// <summary>A loop that runs.</summary>
    internal static EventLoop Start(
        string engine, ILogger? log = null, TimeProvider? time = null, ChunkStore? store = null)
    {
        var loop = Create(engine, log, time, store);
        loop.Start();
        return loop;
    }

    /// <summary>A loop that is yet to be started.</summary>
    internal static EventLoop Create(
        string engine, ILogger? log = null, TimeProvider? time = null, ChunkStore? store = null)
    {
        switch (engine)
        {
            case "epoll":
                return new EpollLoop(0, time ?? TimeProvider.System, log ?? NullLogger.Instance, store ?? Store);
            case "io_uring":
                SkipWithoutUring();
                return new UringLoop(0, time ?? TimeProvider.System, log ?? NullLogger.Instance, store ?? Store);
            default:
                throw new ArgumentOutOfRangeException(nameof(engine), engine, "No such engine.");
        }
    }

    /// <summary>Skips the test where io_uring is not to be had, as in many a container.</summary>
    internal static void SkipWithoutUring() =>
        Assert.SkipWhen(Obstacle.Value is not null, $"There is no io_uring here: {Obstacle.Value}");
}
