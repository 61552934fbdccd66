using System.Net.Sockets;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Tests.Sockets;

public sealed class OwnFaultTests
{
    [Theory]
    [InlineData(SocketError.TooManyOpenSockets, true)]
    [InlineData(SocketError.AddressNotAvailable, true)]
    [InlineData(SocketError.NoBufferSpaceAvailable, true)]
    [InlineData(SocketError.ConnectionRefused, false)]
    [InlineData(SocketError.TimedOut, false)]
    [InlineData(SocketError.HostUnreachable, false)]
    [InlineData(SocketError.NetworkUnreachable, false)]
    [InlineData(SocketError.HostNotFound, false)]
    public void Fault_IsOursIfSomethingRanOutHere(SocketError error, bool isOurs)
    {
        var failure = new SocketException((int)error);

        Assert.Equal(isOurs, LocalFault.Is(failure));
        Assert.Equal(isOurs, LocalFault.Is(new HttpRequestException("x", new IOException("y", failure))));
    }

    [Fact]
    public void Fault_OfMemory_IsOurs()
    {
        Assert.True(LocalFault.Is(new HttpRequestException("x", new InsufficientMemoryException())));
        Assert.False(LocalFault.Is(new IOException("x")));
        Assert.False(LocalFault.Is(null));
    }
}
