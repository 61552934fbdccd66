using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Transport;

/// <summary>How the pipes of a loop's connections are made: from its own memory, and who runs where.</summary>
internal sealed class LoopPipes
{
    /// <param name="loop">Whose connections they are.</param>
    /// <param name="memory">The loop's own, so that its thread seldom meets another.</param>
    /// <param name="options">How much a pipe holds, as for the platform's sockets.</param>
    /// <param name="application">Where the application runs: on the loop's thread, or on the thread pool.</param>
    public LoopPipes(EventLoop loop, MemoryPool<byte> memory, SocketTransportOptions options, PipeScheduler application)
    {
        Memory = memory;
        Input = Bounded(options.MaxReadBufferSize ?? 0, reader: application, writer: loop.Scheduler);
        Output = Bounded(options.MaxWriteBufferSize ?? 0, reader: loop.Scheduler, writer: application);
    }

    public MemoryPool<byte> Memory { get; }

    /// <summary>For what comes: written by the loop, read by the application.</summary>
    public PipeOptions Input { get; }

    /// <summary>For what goes: written by the application, read by the loop.</summary>
    public PipeOptions Output { get; }

    // 0 is without a bound, to a pipe too.
    private PipeOptions Bounded(long most, PipeScheduler reader, PipeScheduler writer) =>
        new(Memory, reader, writer, most, most / 2, useSynchronizationContext: false);
}
