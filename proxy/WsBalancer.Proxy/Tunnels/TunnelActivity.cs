namespace WsBalancer.Proxy.Tunnels;

/// <summary>The traffic of one side of a tunnel: the forwarded bytes and frames, and when bytes were last received.
/// </summary>
/// <remarks>
/// Each field has one writer, the relay of this side's bytes, and may be read from any thread. A mutable value: keep it
/// in a field and never copy it.
/// </remarks>
/// <param name="heardAt">When bytes were last received, or the tunnel was opened.</param>
/// <param name="bytes">How many bytes were forwarded before.</param>
/// <param name="frames">How many frames were forwarded before.</param>
internal struct TunnelActivity(long heardAt, long bytes = 0, long frames = 0)
{
    private long _heardAt = heardAt;
    private long _bytes = bytes;
    private long _frames = frames;

    /// <summary>When bytes were last received, or the tunnel was opened: a timestamp of its clock.</summary>
    public readonly long HeardAt => Volatile.Read(in _heardAt);

    public readonly long Bytes => Volatile.Read(in _bytes);

    public readonly long Frames => Volatile.Read(in _frames);

    public void Heard(long at) => Volatile.Write(ref _heardAt, at);

    public void Passed(long bytes, long frames)
    {
        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _frames, _frames + frames);
    }
}
