using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Sockets.Epoll;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>Every engine of event loops: the contract of a loop is tested on each.</summary>
public sealed class Engines : TheoryData<string>
{
    /// <summary>The memory for the buffers of test sockets, which is never freed.</summary>
    internal static readonly ChunkStore Store = new(256 * 1024 * 1024);

    private static readonly Lazy<string?> Obstacle = new(UringProbe.FindObstacle);

    public Engines()
    {
        Add("epoll");
        Add("io_uring");
    }

    /// <summary>Creates and starts a loop.</summary>
    internal static EventLoop Start(
        string engine, ILogger? log = null, TimeProvider? time = null, ChunkStore? store = null)
    {
        var loop = Create(engine, log, time, store);
        loop.Start();
        return loop;
    }

    /// <summary>Creates a loop without starting it.</summary>
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

    /// <summary>Skips the test where io_uring is not available, as in many containers.</summary>
    internal static void SkipWithoutUring() =>
        Assert.SkipWhen(Obstacle.Value is not null, $"There is no io_uring here: {Obstacle.Value}");
}
