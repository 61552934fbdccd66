namespace WsBalancer.Proxy.State;

/// <summary>Where records from outside are read.</summary>
internal enum RecordSource
{
    /// <summary>The state file.</summary>
    StateFile,

    /// <summary>The decisions that balancers share in Redis.</summary>
    SharedState,

    /// <summary>The registrations of nodes in Redis.</summary>
    Registrations,

    /// <summary>The reports of the other balancers in Redis.</summary>
    Reports,

    /// <summary>What other balancers send through Redis.</summary>
    Messages,
}

/// <summary>A record that is set aside: the balancer acts as if it were not there.</summary>
/// <param name="Source">Where it was read.</param>
/// <param name="Name">Which one it is, printable.</param>
/// <param name="Cluster">The cluster that it is about, in lower case; null if that cannot be read.</param>
/// <param name="Mistake">What is wrong with it, printable.</param>
/// <param name="Since">When it was first read with this content.</param>
internal sealed record BadRecord(
    RecordSource Source, string Name, string? Cluster, string Mistake, DateTimeOffset Since);
