using System.Net.Sockets;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Tests.Sockets;

public sealed class RetransmissionLimitTests
{
    [Theory]
    [InlineData(61)]
    [InlineData(65)]
    [InlineData(120)]
    [InlineData(360)]
    [InlineData(900)]
    public void Pause_MakesAllRetransmissionsTakeTheTime(double seconds)
    {
        var pause = RetransmissionLimit.PauseFor(TimeSpan.FromSeconds(seconds), retransmissions: 15)!.Value;

        Assert.InRange(pause.TotalSeconds, 1, 120);
        Assert.InRange(AllOf(15, pause.TotalSeconds), seconds * 0.99, seconds * 1.01);
    }

    // The kernel's documentation specifies 924.6 s for the default.
    [Theory]
    [InlineData(925, 15)]
    [InlineData(7260, 15)]
    [InlineData(120, 8)]
    [InlineData(61, 3)]
    [InlineData(61, 0)]
    public void TimeThatTheKernelDoesNotExceed_NeedsNoPause(double seconds, int retransmissions) =>
        Assert.Null(RetransmissionLimit.PauseFor(TimeSpan.FromSeconds(seconds), retransmissions));

    [Fact]
    public void Pause_IsAtLeastWhatTheKernelTakes() => Assert.Equal(
        TimeSpan.FromSeconds(1), RetransmissionLimit.PauseFor(TimeSpan.FromSeconds(5), retransmissions: 15));

    [Fact]
    public void Socket_IsProbedAndRetransmitsForTheSameTime()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        socket.KeepAlive(TimeSpan.FromSeconds(60));

        SocketRetransmissions.AssertLimited(socket, TimeSpan.FromSeconds(120));
    }

    // tcp_model_timeout of the kernel (net/ipv4/tcp_timer.c).
    private static double AllOf(int retransmissions, double longest)
    {
        var doublings = (int)Math.Log2(longest / 0.2);
        return retransmissions <= doublings
            ? 0.2 * ((2 << retransmissions) - 1)
            : (0.2 * ((2 << doublings) - 1)) + ((retransmissions - doublings) * longest);
    }
}
