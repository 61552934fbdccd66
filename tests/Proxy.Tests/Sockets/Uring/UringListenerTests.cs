using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Uring;

public sealed class UringListenerTests
{
    [Fact]
    public async Task Loops_ThatShareAListener_AllGetClients()
    {
        Loops.Engines.SkipWithoutUring();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        listener.Blocking = false;
        var sizes = RingSizes.Default with { HasOwnListener = false };
        using var one = new UringLoop(0, TimeProvider.System, NullLogger.Instance, Loops.Engines.Store, sizes);
        using var two = new UringLoop(1, TimeProvider.System, NullLogger.Instance, Loops.Engines.Store, sizes);
        var first = await AcceptAsync(one, listener);
        var second = await AcceptAsync(two, listener);

        for (var i = 1; i <= 20; i++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
            await Deadline.Until("it is accepted", () => first.Count + second.Count == i);
        }

        Assert.InRange(first.Count, 5, 15);
    }

    private static async Task<Counter> AcceptAsync(UringLoop loop, Socket listener)
    {
        loop.Start();
        var counter = new Counter();
        await loop.OnLoop(() => loop.Listen((int)listener.Handle, counter).Accept());
        return counter;
    }

    private sealed class Counter : IAcceptHandler
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Accepted(int descriptor)
        {
            _ = LibC.Close(descriptor);
            Interlocked.Increment(ref _count);
        }

        public void AcceptFailed(int error) => throw new InvalidOperationException($"Error {error}.");
    }
}
