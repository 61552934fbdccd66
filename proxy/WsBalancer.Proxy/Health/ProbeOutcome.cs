namespace WsBalancer.Proxy.Health;

/// <summary>What one probe found.</summary>
/// <param name="Kind">The finding.</param>
/// <param name="Why">In words, for the log.</param>
/// <param name="IsHttp">Whether the node itself had a say.</param>
internal readonly record struct ProbeOutcome(ProbeFinding Kind, string Why, bool IsHttp = false);

/// <summary>What one probe found.</summary>
internal enum ProbeFinding
{
    /// <summary>The node answers.</summary>
    Succeeded,

    /// <summary>It does not, or says that it is sick.</summary>
    Failed,

    /// <summary>It answers that it is draining.</summary>
    Draining,

    /// <summary>The probe failed for lack of something here; it says nothing about the node.</summary>
    OwnFault,
}
