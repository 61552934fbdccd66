namespace WsBalancer.Proxy.Tunnels;

/// <summary>One end of a tunnel, as its closing sees it. Thread-safe.</summary>
internal interface ITunnelLeg
{
    /// <summary>Whether a Close frame, the other peer's or ours, has gone out on this leg.</summary>
    public bool CloseWritten { get; }

    /// <summary>Whether the frames written so far cannot be told apart any more.</summary>
    public bool Lost { get; }

    /// <summary>
    /// Writes a Close frame at the next frame boundary: now if the leg is between frames, else after the frame that
    /// is on its way. Does nothing if a Close frame has been written, or one is waiting.
    /// </summary>
    /// <returns>A task that ends when the frame is written, if that was possible at once; else a completed
    /// one.</returns>
    public Task CloseAsync(byte[] closeFrame);

    /// <summary>
    /// Sends FIN behind what was written; what is written later is dropped. Receiving goes on. Where the other leg's
    /// bytes are relayed.
    /// </summary>
    /// <returns>False if the leg's connection cannot be closed one way; then nothing is done.</returns>
    public bool ShutdownOutput();

    /// <summary>
    /// Gives this leg's peer up: what is written to it from here on is dropped, a write that it holds up too, and when
    /// it goes, it goes without an error. So the other leg is read on.
    /// </summary>
    public void Abandon();
}
