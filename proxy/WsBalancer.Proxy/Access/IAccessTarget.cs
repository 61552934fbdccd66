namespace WsBalancer.Proxy.Access;

/// <summary>Where lines are written. Used by one thread at a time.</summary>
internal interface IAccessTarget : IDisposable
{
    /// <summary>Whether its name leads elsewhere by now, so that it is to be opened anew.</summary>
    public bool IsMoved { get; }

    /// <summary>Writes whole lines.</summary>
    /// <exception cref="IOException">They were not written, or not all of them.</exception>
    public void Write(ReadOnlySpan<byte> lines);
}
