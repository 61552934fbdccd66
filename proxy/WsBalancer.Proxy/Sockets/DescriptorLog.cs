using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Sockets;

// Of the event ids of sockets, 90-99 belong to the library for applications. The next free one is 92.
internal static partial class DescriptorLog
{
    [LoggerMessage(90, LogLevel.Warning,
        "This process has at most {Limit} descriptors, which is enough for {Tunnels} tunnels. A higher hard limit "
        + "(ulimit -n, or LimitNOFILE= of systemd) allows more.")]
    public static partial void FewDescriptors(ILogger logger, long limit, long tunnels);

    [LoggerMessage(91, LogLevel.Warning,
        "The connections of a transport ({Transport}) are not limited, and can end the process by using up its "
        + "descriptors: it was registered after AddWsBalancer. Call AddWsBalancer last.")]
    public static partial void Unlimited(ILogger logger, string transport);
}
