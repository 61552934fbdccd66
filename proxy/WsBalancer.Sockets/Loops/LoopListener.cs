namespace WsBalancer.Sockets.Loops;

/// <summary>
/// A listening socket on an event loop. Several loops may have a listener on the same descriptor, and share its
/// clients. Used on the thread of its loop only. Does not own the descriptor.
/// </summary>
internal abstract class LoopListener
{
    /// <summary>Begins to accept, or resumes after a failure.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public abstract void Accept();

    /// <summary>Stops accepting; no event follows. Must be called before the descriptor is closed.</summary>
    public abstract void Close();
}

/// <summary>
/// Receives the events of a <see cref="LoopListener"/>: on its loop's thread, never from inside a call to it.
/// </summary>
internal interface IAcceptHandler
{
    /// <summary>A client has connected.</summary>
    /// <param name="descriptor">The client's socket, which is non-blocking. The handler owns it.</param>
    public void Accepted(int descriptor);

    /// <summary>
    /// No client can be accepted, for lack of descriptors, memory or the like, until <see cref="LoopListener.Accept"/>
    /// is called again. A client that disconnects before it is accepted is not reported.
    /// </summary>
    /// <param name="error">One of <see cref="Linux.Errno"/>.</param>
    public void AcceptFailed(int error);
}
