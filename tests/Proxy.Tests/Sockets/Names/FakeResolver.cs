using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Sockets.Names;

namespace WsBalancer.Proxy.Tests.Sockets.Names;

/// <summary>Resolves every name to the addresses that a test sets, and counts the queries.</summary>
internal sealed class FakeResolver(params string[] addresses) : INameResolver
{
    private volatile Func<Task<IPAddress[]>> _answer = () => Task.FromResult(Parse(addresses));
    private int _queries;

    /// <summary>The number of queries.</summary>
    public int Queries => Volatile.Read(ref _queries);

    public void Answer(params string[] addresses) => _answer = () => Task.FromResult(Parse(addresses));

    public void Fail() => _answer = () => throw new SocketException((int)SocketError.HostNotFound);

    /// <summary>Leaves the next queries pending until the result is set.</summary>
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
        Interlocked.Increment(ref _queries);
        return _answer();
    }
}
