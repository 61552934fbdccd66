namespace WsBalancer.Proxy.Health;

/// <summary>The result of one probe.</summary>
/// <param name="Kind">The finding.</param>
/// <param name="Why">The reason as a clause, for the log.</param>
/// <param name="IsHttp">Whether there was an HTTP response, so that the node itself could announce a drain.</param>
internal readonly record struct ProbeOutcome(ProbeFinding Kind, string Why, bool IsHttp = false);

/// <summary>The findings of a probe.</summary>
internal enum ProbeFinding
{
    /// <summary>The node accepted the connection, or responded with 2xx.</summary>
    Succeeded,

    /// <summary>The node did not respond in time, or not with 2xx.</summary>
    Failed,

    /// <summary>The node responded that it drains.</summary>
    Draining,

    /// <summary>The probe failed for lack of a local resource; the result does not concern the node.</summary>
    OwnFault,
}
