using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Uring;

/// <summary>The sizes of the queues and buffers of a <see cref="UringLoop"/>.</summary>
/// <param name="Submissions">The requests that one entry into the kernel submits; more need another entry.</param>
/// <param name="Completions">The completions that the queue holds; the kernel keeps more, but ends multishot
/// requests.</param>
/// <param name="Buffers">The number of buffers to receive into: a power of 2.</param>
/// <param name="BufferSize">The length of each buffer in bytes.</param>
/// <param name="HasOwnListener">Whether no other loop has the same listening sockets.</param>
/// <param name="ReceiveLimit">The number of bytes after which a multishot receive ends; 0 if the kernel cannot limit
/// one: then each receive needs a request of its own.</param>
internal sealed record RingSizes(
    uint Submissions, uint Completions, int Buffers, int BufferSize, bool HasOwnListener, int ReceiveLimit)
{
    private const int DefaultBufferSize = (16 * 1024) + 64;

    /// <summary>
    /// Buffers are lent out during a turn, in which the kernel serves some twenty sockets, each with at most 32
    /// buffers: 256 are plenty for messages, and limit the bytes received ahead to 4 MB. A buffer holds a 16 KB frame
    /// with its header; because its length is not a power of 2, the starts of the buffers do not compete for the same
    /// cache lines.
    /// </summary>
    /// <remarks>
    /// The limit is one buffer less than the largest receive, because the receive that reaches it may fill its buffer.
    /// </remarks>
    public static RingSizes Default { get; } = new(
        1024,
        4096,
        256,
        DefaultBufferSize,
        HasOwnListener: true,
        UringProbe.CanLimitReceives() ? EventLoop.LargestReceive - DefaultBufferSize : 0);
}
