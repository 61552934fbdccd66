namespace WsBalancer.Proxy.Tunnels;

/// <summary>The traffic of one side of a tunnel: the forwarded bytes and frames, and when bytes were last received.
/// </summary>
/// <remarks>
/// Each field has one writer, the relay of this side's bytes, and may be read from any thread. A mutable value: keep it
/// in a field and never copy it.
/// </remarks>
/// <param name="receivedAt">When bytes were last received, or the tunnel was opened.</param>
/// <param name="bytes">How many bytes were forwarded before.</param>
/// <param name="frames">How many frames were forwarded before.</param>
internal struct TunnelActivity(long receivedAt, long bytes = 0, long frames = 0)
{
    private long _receivedAt = receivedAt;
    private long _bytes = bytes;
    private long _frames = frames;

    /// <summary>When bytes were last received, or the tunnel was opened: a timestamp of its clock.</summary>
    public readonly long ReceivedAt => Volatile.Read(in _receivedAt);

    public readonly long Bytes => Volatile.Read(in _bytes);

    public readonly long Frames => Volatile.Read(in _frames);

    public void OnReceived(long at) => Volatile.Write(ref _receivedAt, at);

    public void AddForwarded(long bytes, long frames)
    {
        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _frames, _frames + frames);
    }
}
