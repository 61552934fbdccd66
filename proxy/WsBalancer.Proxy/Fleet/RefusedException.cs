namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// A request of an operator or of the application that is not carried out. <see cref="Exception.Message"/> is a
/// sentence with the value and what was expected.
/// </summary>
public sealed class RefusedException : Exception
{
    internal RefusedException(RefusalKind kind, string message, Exception? cause = null)
        : base(message, cause) => Kind = kind;

    /// <summary>Why the request is not carried out.</summary>
    public RefusalKind Kind { get; }
}

/// <summary>Why a request is not carried out.</summary>
public enum RefusalKind
{
    /// <summary>A value in the request is invalid.</summary>
    BadValue,

    /// <summary>There is no such cluster, node or tunnel.</summary>
    Unknown,

    /// <summary>The request cannot be carried out in the current state of the fleet.</summary>
    Conflict,

    /// <summary>The fleet has changed since the caller read it.</summary>
    Stale,
}
