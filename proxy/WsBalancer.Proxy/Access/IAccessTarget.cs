namespace WsBalancer.Proxy.Access;

/// <summary>Where lines are written. Used by one thread at a time.</summary>
internal interface IAccessTarget : IDisposable
{
    /// <summary>Whether the path no longer names the open file, and must be opened again.</summary>
    public bool IsMoved { get; }

    /// <summary>Writes whole lines.</summary>
    /// <exception cref="IOException">Not all of the lines were written.</exception>
    public void Write(ReadOnlySpan<byte> lines);
}
