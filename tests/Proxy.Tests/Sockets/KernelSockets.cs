namespace WsBalancer.Proxy.Tests.Sockets;

/// <summary>The TCP sockets of the kernel.</summary>
internal static class KernelSockets
{
    public const string Established = "01";

    public const string CloseWait = "08";

    /// <summary>Whether the keep-alive timer is on for a socket of a local port.</summary>
    // proc(5): local_address, rem_address, st, tx_queue:rx_queue, tr:tm->when (02: keep-alive).
    public static bool HasKeepAliveTimer(int port, string state) => File.ReadLines("/proc/net/tcp").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(fields => fields[1].EndsWith($":{port:X4}", StringComparison.Ordinal)
            && fields[3] == state
            && fields[5].StartsWith("02:", StringComparison.Ordinal));
}
