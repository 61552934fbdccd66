using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Transport;

/// <summary>The options of the pipes of a loop's connections: memory, limits and schedulers.</summary>
internal sealed class LoopPipes
{
    /// <param name="loop">The loop of the connections.</param>
    /// <param name="memory">A pool for this loop only, so that threads seldom wait for each other.</param>
    /// <param name="options">The limits of the pipes, as for the platform's sockets.</param>
    /// <param name="application">Runs the application: on the loop's thread, or on the thread pool.</param>
    public LoopPipes(EventLoop loop, MemoryPool<byte> memory, SocketTransportOptions options, PipeScheduler application)
    {
        Loop = loop;
        Memory = memory;
        Input = Bounded(options.MaxReadBufferSize ?? 0, reader: application, writer: loop.Scheduler);
        Output = Bounded(options.MaxWriteBufferSize ?? 0, reader: loop.Scheduler, writer: application);
    }

    /// <summary>The loop of the connections.</summary>
    public EventLoop Loop { get; }

    public MemoryPool<byte> Memory { get; }

    /// <summary>For received bytes: written by the loop, read by the application.</summary>
    public PipeOptions Input { get; }

    /// <summary>For bytes to send: written by the application, read by the loop.</summary>
    public PipeOptions Output { get; }

    // 0 means no limit, for the pipe too.
    private PipeOptions Bounded(long most, PipeScheduler reader, PipeScheduler writer) =>
        new(Memory, reader, writer, most, most / 2, useSynchronizationContext: false);
}
