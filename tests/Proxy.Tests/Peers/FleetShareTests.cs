using WsBalancer.Proxy.Peers;

namespace WsBalancer.Proxy.Tests.Peers;

public sealed class FleetShareTests
{
    [Theory]
    [InlineData(100, 0, 1)]
    [InlineData(100, 100, 0.5)]
    [InlineData(0, 100, 0)]
    public void Share_IsThePartOfAll(long own, long others, double share) =>
        Assert.Equal(share, FleetShare.Of(own, others));

    // Each balancer receives the other's count once a second, at any moment of it, and closes 20 times per second.
    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(10)]
    [InlineData(19)]
    public void RunningShares_OfTwo_AddUpToTheRate_ThoughReportsArriveLate(int otherReceives)
    {
        const double Rate = 150;
        (double one, double two) = (350, 250);
        var (sentByOne, sentByTwo, receivedByOne, receivedByTwo) = (350L, 250L, new object(), new object());
        var (shareOfOne, shareOfTwo) = (new RunningShare(), new RunningShare());
        var (toOne, toTwo) = (250L, 350L);
        for (var step = 0; step < 40; step++)
        {
            if (step % 20 == 0)
            {
                (sentByOne, toOne, receivedByOne) = ((long)one, sentByTwo, new object());
            }

            if (step % 20 == otherReceives)
            {
                (sentByTwo, toTwo, receivedByTwo) = ((long)two, sentByOne, new object());
            }

            var (ofOne, ofTwo) = (
                shareOfOne.Of((long)one, toOne, receivedByOne), shareOfTwo.Of((long)two, toTwo, receivedByTwo));
            one -= ofOne * Rate / 20;
            two -= ofTwo * Rate / 20;
        }

        // The number of tunnels that the rate allows in two seconds.
        Assert.InRange(600 - one - two, 2 * Rate * 0.95, 2 * Rate * 1.05);
    }
}
