using System.Net;
using WsBalancer.Sockets.Names;

namespace WsBalancer.Proxy.Tests.Sockets.Names;

public sealed class AddressOrderTests
{
    [Theory]
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    [InlineData("10.0.0.1 10.0.0.2", null, "10.0.0.1 10.0.0.2")]
    [InlineData("10.0.0.1 10.0.0.1 10.0.0.2", null, "10.0.0.1 10.0.0.2")]
    [InlineData("fd00::1 fd00::2 fd00::3 10.0.0.1 10.0.0.2", null, "fd00::1 10.0.0.1 fd00::2 10.0.0.2 fd00::3")]
    [InlineData("fd00::1 fd00::2 10.0.0.1 10.0.0.2", "10.0.0.2", "10.0.0.2 fd00::1 10.0.0.1 fd00::2")]
    [InlineData("fd00::1 fd00::2", "fd00::2", "fd00::2 fd00::1")]
    [InlineData("fd00::1 10.0.0.1", "10.0.0.9", "fd00::1 10.0.0.1")]
    public void Order_BeginsWithTheGoodAddress_AndAlternatesFamilies(string answer, string? good, string order) =>
        Assert.Equal(
            FakeResolver.Parse(order.Split(' ')),
            AddressOrder.Of(FakeResolver.Parse(answer.Split(' ')), good is null ? null : IPAddress.Parse(good)));

    [Theory]
    [InlineData(2, 1000, 250)]
    [InlineData(4, 1000, 250)]
    [InlineData(5, 1000, 200)]
    [InlineData(2, 50, 25)]
    public void Delay_LeavesTimeForEachAddress(int count, int timeout, int delay) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(delay),
            new HostAddresses(new IPAddress[count], name: null).DelayWithin(TimeSpan.FromMilliseconds(timeout)));
}
