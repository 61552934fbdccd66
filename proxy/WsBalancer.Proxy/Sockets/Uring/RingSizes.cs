using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Sockets.Uring;

/// <summary>How large the queues and buffers of a <see cref="UringLoop"/> are.</summary>
/// <param name="Submissions">Requests that one entry into the kernel takes; more make another.</param>
/// <param name="Completions">Completions that fit; the kernel keeps more, but ends what tells many.</param>
/// <param name="Buffers">Buffers to receive into: a power of 2.</param>
/// <param name="BufferSize">The length of each.</param>
/// <param name="IsAlone">Whether no other loop has the same listening sockets.</param>
/// <param name="ReceiveLimit">After how many bytes a multishot receive ends; 0 where the kernel cannot limit one: then
/// each receive takes a request.</param>
internal sealed record RingSizes(
    uint Submissions, uint Completions, int Buffers, int BufferSize, bool IsAlone, int ReceiveLimit)
{
    private const int DefaultBufferSize = (16 * 1024) + 64;

    /// <summary>
    /// A turn lends out what came with it, and a turn takes some twenty sockets' at a time, each with at most 32
    /// buffers: 256 are plenty for messages, and bound what is received ahead at 4 MB. A buffer holds a frame of 16 KB
    /// with its header; as its length is no power of 2, the beginnings of the buffers do not share a cache's lines.
    /// </summary>
    /// <remarks>The receive that reaches the limit may fill its buffer beyond it.</remarks>
    public static RingSizes Default { get; } = new(
        1024,
        4096,
        256,
        DefaultBufferSize,
        IsAlone: true,
        UringProbe.CanLimitReceives() ? EventLoop.LargestReceive - DefaultBufferSize : 0);
}
