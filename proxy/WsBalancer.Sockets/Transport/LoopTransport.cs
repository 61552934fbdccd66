using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WsBalancer.Sockets.Engines;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// Lets the server listen on the event loops. If there are none, or the endpoint is not an IP address, the server uses
/// the platform's sockets, which are registered before this transport.
/// </summary>
internal sealed class LoopTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private readonly LoopPipes[] _pipes;
    private readonly SocketTransportOptions _options;
    private readonly DescriptorShortage _shortage;
    private readonly FirstByteTimeouts _firstBytes;
    private readonly ILogger<LoopTransport> _logger;

    // The loops are null if this system has none, or if the configured engine is the platform's sockets. The
    // platform's sockets have the same options. If isInline is true, the application runs on the threads of the loops.
    public LoopTransport(
        EventLoops? loops,
        IMemoryPoolFactory<byte> memory,
        IOptions<SocketTransportOptions> options,
        bool isInline,
        DescriptorShortage shortage,
        FirstByteTimeouts firstBytes,
        ILogger<LoopTransport> logger)
    {
        _options = options.Value;
        _pipes = [.. (loops?.All ?? []).Select(loop => new LoopPipes(
            loop, memory.Create(), _options, isInline ? loop.Scheduler : PipeScheduler.ThreadPool))];
        _shortage = shortage;
        _firstBytes = firstBytes;
        _logger = logger;
    }

    public bool CanBind(EndPoint endpoint) => _pipes.Length > 0 && endpoint is IPEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default) =>
        await LoopEndpointListener.BindAsync(endpoint, _options, Acceptors);

    public void Dispose()
    {
        foreach (var pipes in _pipes)
        {
            pipes.Memory.Dispose();
        }
    }

    private LoopAcceptor[] Acceptors(LoopEndpointListener set) =>
        [.. _pipes.Select(pipes => new LoopAcceptor(set, pipes, _shortage, _firstBytes, _logger))];
}
