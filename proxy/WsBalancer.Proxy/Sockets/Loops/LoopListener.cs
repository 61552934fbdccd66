namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>
/// A listening socket on an event loop. Several loops may have a listener on the same descriptor, and share what comes.
/// Used on the thread of its loop only. Does not own the descriptor.
/// </summary>
internal abstract class LoopListener
{
    /// <summary>Begins to accept, or goes on after a failure.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public abstract void Accept();

    /// <summary>Accepts nothing more; nothing is told after this. Before the descriptor is closed.</summary>
    public abstract void Close();
}

/// <summary>What a <see cref="LoopListener"/> tells: on its loop's thread, never from inside a call to it.</summary>
internal interface IAcceptHandler
{
    /// <summary>A client has connected.</summary>
    /// <param name="descriptor">Its socket, which does not block; the receiver's to own.</param>
    public void Accepted(int descriptor);

    /// <summary>
    /// Nothing can be accepted, for want of descriptors, memory or the like; nothing is until
    /// <see cref="LoopListener.Accept"/> is called again. Clients that gave up meanwhile are not told.
    /// </summary>
    /// <param name="error">One of <see cref="Linux.Errno"/>.</param>
    public void AcceptFailed(int error);
}
