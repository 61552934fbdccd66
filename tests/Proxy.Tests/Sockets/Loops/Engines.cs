using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Sockets.Epoll;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>Every engine that event loops have: what a loop promises is tested on each.</summary>
public sealed class Engines : TheoryData<string>
{
    public Engines()
    {
        Add("epoll");
    }

    /// <summary>A loop that runs.</summary>
    internal static EventLoop Start(string engine, ILogger? log = null)
    {
        var loop = Create(engine, log ?? NullLogger.Instance);
        loop.Start();
        return loop;
    }

    /// <summary>A loop that is yet to be started.</summary>
    internal static EventLoop Create(string engine, ILogger? log = null) => engine switch
    {
        "epoll" => new EpollLoop(0, TimeProvider.System, log ?? NullLogger.Instance),
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "No such engine."),
    };
}
