namespace WsBalancer.Proxy.Tunnels;

/// <summary>One end of a tunnel, with the operations that close it. Thread-safe.</summary>
internal interface ITunnelLeg
{
    /// <summary>Whether a Close frame, the other peer's or the balancer's, was written to this leg.</summary>
    public bool CloseWritten { get; }

    /// <summary>The status code of the other peer's first Close frame; null before it, and if it has none.</summary>
    public int? CloseCode { get; }

    /// <summary>Whether the boundaries of the frames written so far are unknown.</summary>
    public bool BoundariesUnknown { get; }

    /// <summary>How many bytes are buffered: received from this leg's peer, or not yet sent to it.</summary>
    public long Buffered { get; }

    /// <summary>Whether the other peer is not read until this leg's peer has taken more. May be read from any thread.
    /// </summary>
    public bool PausesOther { get; }

    /// <summary>How long bytes for this leg's peer have waited without any progress; zero if none wait.</summary>
    public TimeSpan SendStalledFor { get; }

    /// <summary>
    /// Whether the peer has ended its output or its connection, as far as the kernel knows: bytes that were sent before
    /// may still be unread. Must be read on the thread of <see cref="ITunnelFlow.Run"/>.
    /// </summary>
    public bool HasPeerEnded { get; }

    /// <summary>
    /// Writes a Close frame at the next frame boundary: at once if the leg is between frames, otherwise after the
    /// current frame. Does nothing if a Close frame was written or is pending.
    /// </summary>
    /// <returns>A task that completes when the frame is written, if that is possible at once; otherwise a completed
    /// one.</returns>
    public Task SendCloseAsync(byte[] closeFrame);

    /// <summary>
    /// Sends FIN after the bytes that were written; bytes that are written later are dropped. Reads are still possible.
    /// Must be called on the thread that relays the bytes of the other leg.
    /// </summary>
    /// <returns>False, without an effect, if the leg's connection cannot be closed in one direction.</returns>
    public bool ShutdownOutput();

    /// <summary>
    /// Abandons this leg's peer: bytes that are written to it from now on are dropped, pending ones included, and the
    /// end of its connection is not an error. The other leg is still read.
    /// </summary>
    public void Discard();
}
