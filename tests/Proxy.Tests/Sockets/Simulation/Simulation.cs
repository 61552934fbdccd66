using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Sockets.Epoll;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Tcp;
using WsBalancer.Sockets.Transport;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>
/// Runs an event loop, with everything that the native path adds to it, in a <see cref="World"/> whose decisions depend
/// on a seed. The same seed gives the same run.
/// </summary>
internal sealed class Simulation : IClientRefusal, ILogger, IDisposable
{
    private const int HandlerFailed = 51;

    private static readonly SourceAddressPool Sources = new(
        [], NullLogger<SourceAddressPool>.Instance);

    private readonly World _world;
    private readonly ChunkStore _store;
    private readonly EventLoop _loop;
    private readonly FirstByteTimeouts _firstBytes;
    private readonly DescriptorShortage _shortage;
    private LoopAcceptor _acceptor = null!;
    private LoopEndpointListener _listener = null!;
    private bool _isAbandoned;

    private Simulation(string engine, int seed)
    {
        _world = new World(seed, Sources);
        var sizes = _world.Temper.RingSizes;
        _store = new ChunkStore(_world.Temper.Memory);
        _loop = engine == "epoll"
            ? new EpollLoop(0, _world.Time, this, _store, _world.Kernel)
            : new UringLoop(0, _world.Time, this, _store, sizes, _world.Kernel);
        _world.LargestReceive = engine == "epoll" ? EventLoop.LargestReceive : sizes.ReceiveLimit + sizes.BufferSize;
        _world.Loop = _loop;
        _firstBytes = new FirstByteTimeouts(TimeSpan.FromSeconds(10), _world.Time);
        _shortage = new DescriptorShortage(_world.Time, this, NullLogger<DescriptorShortage>.Instance);
    }

    /// <summary>Runs a seed.</summary>
    /// <returns>The first violation and the steps up to it; null if there was none.</returns>
    public static string? Run(string engine, int seed) => Run(engine, seed, out _);

    /// <inheritdoc cref="Run(string, int)"/>
    public static string? Run(string engine, int seed, out Trace trace)
    {
        using var simulation = new Simulation(engine, seed);
        trace = simulation._world.Trace;
        simulation.Run();
        return simulation._world.Violation is { } violation
            ? $"Seed {seed} on {engine}: {violation}{Environment.NewLine}{trace}"
            : null;
    }

    public byte[] Refused() => [.. Session.Busy.Select(character => (byte)character)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _world.Check(eventId.Id != HandlerFailed, $"a handler failed: {exception}");

    public void Dispose()
    {
        if (_isAbandoned)
        {
            return;
        }

        _firstBytes.Dispose();
        _shortage.Dispose();
        _store.Dispose();
        _world.Kernel.Dispose();
        _world.Other.Dispose();
    }

    private void Run()
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _world.Open = Open;
        _loop.Start();
        if (!_world.Other.Serve(Deadline.Default))
        {
            // The loop's thread is lost, and so are the resources that it uses.
            _world.Check(false, "the loop does not come back to the kernel");
            _world.Abandon();
            _isAbandoned = true;
            SynchronizationContext.SetSynchronizationContext(context);
            return;
        }

        _loop.Dispose();
        var left = _world.Kernel.Files.Count();
        _world.Check(left == 0, $"{left} descriptors are open after the end of the loop");
        _world.Check(_store.Used == 0, $"{_store.Used} bytes of chunks are rented after the end of the loop");
        foreach (var session in _world.Sessions)
        {
            var isDone = _world.Violation is not null || (session.Disposed?.Wait(Deadline.Default) ?? true);
            _world.Check(isDone, "a connection is not disposed of");
        }

        SynchronizationContext.SetSynchronizationContext(context);
    }

    // Called on the loop's thread, before its first wait.
    private void Open()
    {
        var descriptor = _world.Kernel.Add(_world.Listener);
        var pipes = new LoopPipes(
            _loop,
            MemoryPool<byte>.Shared,
            new SocketTransportOptions { MaxReadBufferSize = 5000, MaxWriteBufferSize = 5000 },
            _world.Temper.IsPooled ? _world.Other : _loop.Scheduler);
        _listener = new LoopEndpointListener(
            _shortage,
            descriptor,
            new IPEndPoint(IPAddress.Any, 80),
            noDelay: true,
            set => [_acceptor = new LoopAcceptor(set, pipes, _shortage, _firstBytes, NullLogger.Instance)]);
        _world.CloseListener = () =>
        {
            _acceptor.Close();
            _loop.Post(() => _loop.Post(() => _world.Kernel.Close(descriptor)));
        };
        _acceptor.Open();
        _ = AcceptAsync();
    }

    private async Task AcceptAsync()
    {
        while (await _listener.AcceptAsync() is LoopConnection connection)
        {
            var port = ((IPEndPoint)connection.RemoteEndPoint!).Port;
            _world.Sessions[port - World.ClientPort].Serve(connection);
        }
    }
}
