namespace WsBalancer.Cli.Admin;

/// <summary>One call of the admin API.</summary>
/// <remarks>
/// <c>Body</c> is JSON. <c>IfEpoch</c> is the epoch of the fleet that the caller has read; the call fails if the fleet
/// has another one.
/// </remarks>
internal sealed record AdminCall(HttpMethod Method, string Path, string? Body = null, long? IfEpoch = null)
{
    /// <summary>The timeout of the call; null for the default of the connection.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>A response of the balancer: the document as it was received, and its content.</summary>
internal sealed record Answer<T>(string Document, T Value);
