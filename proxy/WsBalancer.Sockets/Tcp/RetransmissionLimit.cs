using System.Globalization;
using System.Net.Sockets;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Tcp;

/// <summary>
/// How long Linux retransmits to a peer that acknowledges nothing. Keep-alive probes are not sent while bytes are
/// unacknowledged; without a limit, such a connection ends only after a quarter of an hour.
/// </summary>
/// <remarks>
/// <para>TCP_RTO_MAX_MS limits the pause between two retransmissions. The number of retransmissions is fixed
/// (net.ipv4.tcp_retries2), so the pause determines how long all of them take. A peer that does not read, and
/// acknowledges the probes of its closed window, is not affected.</para>
/// <para>Kernels before 6.15 do not have TCP_RTO_MAX_MS: TCP_USER_TIMEOUT is used instead. Since Linux 5.11,
/// TCP_USER_TIMEOUT also ends the connection of a live peer that does not read, if its window is closed for as long:
/// measured on 6.18, after 65.5 s with a limit of 65 s, although the peer acknowledged every probe. With either option,
/// the connection of a silent peer without unacknowledged bytes ends after the same time as with keep-alive
/// alone.</para>
/// </remarks>
internal static class RetransmissionLimit
{
    // TCP_RTO_MIN of the kernel, in seconds: the kernel computes from it how long all retransmissions take.
    private const double ShortestPause = 0.2;

    // TCP_RTO_MAX of the kernel, in force without TCP_RTO_MAX_MS; and the minimum of TCP_RTO_MAX_MS. In seconds.
    private const double LongestPause = 120;
    private const double MinLongestPause = 1;

    private static readonly int Retransmissions = ReadRetransmissions();

    // Whether the kernel has rejected TCP_RTO_MAX_MS; never reset.
    private static volatile bool IsPauseLimitUnsupported;

    /// <summary>The option that limits retransmissions to a time, and its value in milliseconds.</summary>
    /// <param name="time">The time from the first retransmission.</param>
    /// <returns>Null if the kernel retransmits no longer than this time without any option.</returns>
    public static (int Option, int Milliseconds)? OptionFor(TimeSpan time) =>
        PauseFor(time, Retransmissions) is not { } pause ? null
        : IsPauseLimitUnsupported ? (SocketConstants.UserTimeoutOption, (int)time.TotalMilliseconds)
        : (SocketConstants.LongestPauseOption, (int)pause.TotalMilliseconds);

    /// <summary>Records that the kernel does not have an option that <see cref="OptionFor"/> has returned.</summary>
    /// <returns>Whether there is another option to try.</returns>
    public static bool RecordUnsupported(int option)
    {
        if (option != SocketConstants.LongestPauseOption)
        {
            return false;
        }

        IsPauseLimitUnsupported = true;
        return true;
    }

    /// <summary>The limit of the pause between two retransmissions with which all of them together take
    /// <paramref name="time"/>.</summary>
    /// <param name="time">The time from the first retransmission.</param>
    /// <param name="retransmissions">The number of retransmissions (net.ipv4.tcp_retries2).</param>
    /// <returns>Null if all retransmissions take no longer than this time without a limit.</returns>
    public static TimeSpan? PauseFor(TimeSpan time, int retransmissions)
    {
        // As in tcp_model_timeout: the pause starts at the shortest one and doubles until it reaches the longest one.
        for (var doublings = 2; doublings < retransmissions; doublings++)
        {
            var doubled = ShortestPause * ((2 << doublings) - 1);
            var pause = Math.Max(MinLongestPause, (time.TotalSeconds - doubled) / (retransmissions - doublings));
            if (pause >= LongestPause)
            {
                return null;
            }

            if (pause < ShortestPause * (2 << doublings))
            {
                return TimeSpan.FromSeconds(pause);
            }
        }

        return null;
    }

    /// <summary>Limits how long the kernel retransmits on a socket.</summary>
    public static void Apply(Socket socket, TimeSpan time)
    {
        while (OptionFor(time) is var (option, milliseconds))
        {
            try
            {
                socket.SetRawSocketOption(SocketConstants.Tcp, option, BitConverter.GetBytes(milliseconds));
                return;
            }
            catch (SocketException ex) when (ex.SocketErrorCode == SocketError.ProtocolOption)
            {
                if (!RecordUnsupported(option))
                {
                    return;
                }
            }
        }
    }

    private static int ReadRetransmissions()
    {
        // The kernel's default, used if a container hides the file.
        const int Default = 15;
        try
        {
            return int.TryParse(
                File.ReadAllText("/proc/sys/net/ipv4/tcp_retries2"), CultureInfo.InvariantCulture, out var number)
                ? number
                : Default;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return Default;
        }
    }
}
