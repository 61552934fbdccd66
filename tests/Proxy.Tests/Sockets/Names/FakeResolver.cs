using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Sockets.Names;

namespace WsBalancer.Proxy.Tests.Sockets.Names;

/// <summary>Resolves every name to the addresses that a test sets, and counts how often it is asked.</summary>
internal sealed class FakeResolver(params string[] addresses) : INameResolver
{
    private volatile Func<Task<IPAddress[]>> _answer = () => Task.FromResult(Parse(addresses));
    private int _asked;

    /// <summary>How many questions there were.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public void Answer(params string[] addresses) => _answer = () => Task.FromResult(Parse(addresses));

    public void Fail() => _answer = () => throw new SocketException((int)SocketError.HostNotFound);

    /// <summary>Leaves the next questions without an answer until the result is set.</summary>
    public TaskCompletionSource<IPAddress[]> Hang()
    {
        var pending = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = () => pending.Task;
        return pending;
    }

    public NameCache Cache(TimeProvider time, ILogger<NameCache>? logger = null) =>
        new(this, time, logger ?? NullLogger<NameCache>.Instance);

    public static IPAddress[] Parse(params string[] addresses) => [.. addresses.Select(IPAddress.Parse)];

    Task<IPAddress[]> INameResolver.ResolveAsync(string host, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _asked);
        return _answer();
    }
}
