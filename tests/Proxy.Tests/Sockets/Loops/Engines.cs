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
    internal static EventLoop Start(string engine, int index = 0)
    {
        EventLoop loop = engine switch
        {
            "epoll" => new EpollLoop(index, TimeProvider.System, NullLogger.Instance),
            _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "No such engine."),
        };
        loop.Start();
        return loop;
    }
}
