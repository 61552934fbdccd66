namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>
/// What a <see cref="LoopSocket"/> tells whoever uses it: on its loop's thread, one call after the other, and never
/// from inside a call to the socket. Nothing is told after <see cref="LoopSocket.Close"/> or
/// <see cref="LoopSocket.Reset"/>.
/// </summary>
internal interface ISocketHandler
{
    /// <summary>Bytes have come, at least one.</summary>
    /// <param name="bytes">Lent for the length of the call. Handing them on to <see cref="LoopSocket.Send"/> of another
    /// socket of the same loop costs no copy if that takes them.</param>
    public void Received(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The socket takes bytes again: it is connected, or has sent what was kept, after a time when it took less than it
    /// was given.
    /// </summary>
    public void Writable();

    /// <summary>
    /// The peer will send nothing more (FIN), and everything it had sent was told. Sending is still possible.
    /// </summary>
    public void Ended();

    /// <summary>The connection is gone: nothing comes or goes any more. What is left to do is to close.</summary>
    /// <param name="error">One of <see cref="Linux.Errno"/>.</param>
    public void Failed(int error);
}
