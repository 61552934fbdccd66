namespace WsBalancer.Proxy.Access;

/// <summary>Where lines are written. Used by one thread at a time.</summary>
internal interface IAccessTarget : IDisposable
{
    /// <summary>Whether its path no longer names it, so that the path must be opened again.</summary>
    public bool IsMoved { get; }

    /// <summary>Writes whole lines.</summary>
    /// <exception cref="IOException">They were not written, or not all of them.</exception>
    public void Write(ReadOnlySpan<byte> lines);
}
