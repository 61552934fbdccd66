using System.Runtime.InteropServices;

namespace WsBalancer.Proxy.Sockets.Linux;

/// <summary>Options of a TCP socket that is known by its descriptor only.</summary>
internal static class SocketOptions
{
    /// <inheritdoc cref="TcpKeepAlive.KeepAlive"/>
    public static void KeepAlive(int descriptor, TimeSpan? silence)
    {
        if (silence is { } time)
        {
            Set(descriptor, SocketConstants.SocketLevel, SocketConstants.KeepAliveOption, 1);
            SetTcp(descriptor, SocketConstants.KeepAliveSilenceOption, (int)time.TotalSeconds);
            SetTcp(descriptor, SocketConstants.KeepAliveIntervalOption, TcpKeepAlive.ProbeSeconds);
            SetTcp(descriptor, SocketConstants.KeepAliveCountOption, TcpKeepAlive.Probes);
            LimitRetransmissions(descriptor, TcpKeepAlive.GoneAfter(time));
        }
    }

    /// <summary>Sends small messages at once.</summary>
    public static void NoDelay(int descriptor) => SetTcp(descriptor, SocketConstants.NoDelayOption, 1);

    private static void LimitRetransmissions(int descriptor, TimeSpan time)
    {
        while (RetransmissionLimit.OptionFor(time) is var (option, milliseconds)
            && LibC.SetSocketOption(descriptor, SocketConstants.Tcp, option, milliseconds) < 0
            && Marshal.GetLastPInvokeError() == Errno.UnknownOption
            && RetransmissionLimit.Refused(option))
        {
            // The next option is tried.
        }
    }

    private static void SetTcp(int descriptor, int name, int value) =>
        Set(descriptor, SocketConstants.Tcp, name, value);

    // Linux refuses none of them to a TCP socket; a peer that is gone already is found out by sending.
    private static void Set(int descriptor, int level, int name, int value) =>
        _ = LibC.SetSocketOption(descriptor, level, name, value);
}
