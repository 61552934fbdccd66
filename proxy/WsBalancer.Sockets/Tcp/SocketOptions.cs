using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Tcp;

/// <summary>Options of a TCP socket that is known by its descriptor only.</summary>
internal static class SocketOptions
{
    /// <inheritdoc cref="TcpKeepAlive.KeepAlive"/>
    public static void KeepAlive(Kernel kernel, int descriptor, TimeSpan? silence)
    {
        if (silence is { } time)
        {
            Set(kernel, descriptor, SocketConstants.SocketLevel, SocketConstants.KeepAliveOption, 1);
            SetTcp(kernel, descriptor, SocketConstants.KeepAliveSilenceOption, (int)time.TotalSeconds);
            SetTcp(kernel, descriptor, SocketConstants.KeepAliveIntervalOption, TcpKeepAlive.ProbeSeconds);
            SetTcp(kernel, descriptor, SocketConstants.KeepAliveCountOption, TcpKeepAlive.Probes);
            LimitRetransmissions(kernel, descriptor, TcpKeepAlive.FailureTimeout(time));
        }
    }

    /// <summary>Sends small messages at once.</summary>
    public static void NoDelay(Kernel kernel, int descriptor) =>
        SetTcp(kernel, descriptor, SocketConstants.NoDelayOption, 1);

    private static void LimitRetransmissions(Kernel kernel, int descriptor, TimeSpan time)
    {
        while (RetransmissionLimit.OptionFor(time) is var (option, milliseconds)
            && kernel.SetSocketOption(descriptor, SocketConstants.Tcp, option, milliseconds) < 0
            && Marshal.GetLastPInvokeError() == Errno.UnknownOption
            && RetransmissionLimit.RecordUnsupported(option))
        {
            // The next option is tried.
        }
    }

    private static void SetTcp(Kernel kernel, int descriptor, int name, int value) =>
        Set(kernel, descriptor, SocketConstants.Tcp, name, value);

    // Linux accepts all options that are set here for a TCP socket. A peer that has disconnected is found by the next
    // send.
    private static void Set(Kernel kernel, int descriptor, int level, int name, int value) =>
        _ = kernel.SetSocketOption(descriptor, level, name, value);
}
