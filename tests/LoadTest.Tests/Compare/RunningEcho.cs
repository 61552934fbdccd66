using System.Net;
using WsBalancer.LoadTest.Echo;

namespace WsBalancer.LoadTest.Tests.Compare;

/// <summary>The echo server on a thread of the test.</summary>
internal sealed class RunningEcho : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly EchoServer _server = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Task _running;

    public RunningEcho() => _running =
        Task.Factory.StartNew(() => _server.Run(_stop.Token), TaskCreationOptions.LongRunning);

    public Uri Address => _server.Address;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _server.Dispose();
        _stop.Dispose();
    }
}
