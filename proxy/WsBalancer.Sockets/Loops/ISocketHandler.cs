namespace WsBalancer.Sockets.Loops;

/// <summary>
/// Receives the events of a <see cref="LoopSocket"/>: on its loop's thread, one call after the other, and never from
/// inside a call to the socket. No event follows <see cref="LoopSocket.Close"/> or <see cref="LoopSocket.Reset"/>.
/// </summary>
internal interface ISocketHandler
{
    /// <summary>Bytes were received, at least one.</summary>
    /// <param name="bytes">Valid only during the call. <see cref="LoopSocket.Send"/> of another socket of the same loop
    /// copies none of them if that socket takes them all at once.</param>
    public void OnReceived(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// The socket takes bytes again after it took fewer than it was given: it is now connected, or has sent all kept
    /// bytes.
    /// </summary>
    public void OnWritable();

    /// <summary>The peer has sent FIN, and all bytes before it were delivered. Sending is still possible.</summary>
    public void OnEof();

    /// <summary>
    /// The connection has failed: nothing more is sent or received. The handler must close the socket.
    /// </summary>
    /// <param name="error">One of <see cref="Linux.Errno"/>.</param>
    public void OnError(int error);
}
