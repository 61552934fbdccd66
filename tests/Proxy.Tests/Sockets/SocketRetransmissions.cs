using System.Globalization;
using System.Net.Sockets;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Tests.Sockets;

/// <summary>The time for which the kernel retransmits on a socket.</summary>
internal static class SocketRetransmissions
{
    private const int Tcp = 6;
    private const int UserTimeout = 18;
    private const int LongestPause = 44;
    private const int DefaultPause = 120_000;

    /// <summary>Asserts that the option of this kernel limits retransmissions to a time.</summary>
    public static void AssertLimited(Socket socket, TimeSpan time)
    {
        var retransmissions = int.Parse(
            File.ReadAllText("/proc/sys/net/ipv4/tcp_retries2"), CultureInfo.InvariantCulture);
        var pause = RetransmissionLimit.PauseFor(time, retransmissions);
        if (KnowsLongestPause(socket))
        {
            Assert.Equal((int)(pause?.TotalMilliseconds ?? DefaultPause), Read(socket, LongestPause));
        }
        else
        {
            Assert.Equal(pause is null ? 0 : (int)time.TotalMilliseconds, Read(socket, UserTimeout));
        }
    }

    private static bool KnowsLongestPause(Socket socket)
    {
        try
        {
            return Read(socket, LongestPause) > 0;
        }
        catch (SocketException ex) when (ex.SocketErrorCode == SocketError.ProtocolOption)
        {
            return false;
        }
    }

    private static int Read(Socket socket, int option)
    {
        var value = new byte[sizeof(int)];
        Assert.Equal(value.Length, socket.GetRawSocketOption(Tcp, option, value));
        return BitConverter.ToInt32(value);
    }
}
