namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// An operator's request that is not carried out. The message says which value, and what was expected.
/// </summary>
internal sealed class RefusedException(RefusalKind kind, string message) : Exception(message)
{
    public RefusalKind Kind { get; } = kind;
}

/// <summary>Why an operator's request is not carried out.</summary>
internal enum RefusalKind
{
    /// <summary>A value is wrong by itself.</summary>
    BadValue,

    /// <summary>There is no such cluster, node or tunnel.</summary>
    Unknown,

    /// <summary>It cannot be done to the fleet as it is.</summary>
    Conflict,

    /// <summary>The fleet has changed since the caller looked at it.</summary>
    Stale,
}
