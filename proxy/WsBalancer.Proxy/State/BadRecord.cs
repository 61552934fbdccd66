namespace WsBalancer.Proxy.State;

/// <summary>Where records from outside the balancer are read.</summary>
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

    /// <summary>The messages that other balancers send through Redis.</summary>
    Messages,
}

/// <summary>A record that is set aside: the balancer acts as if it were not there.</summary>
/// <param name="Source">Where the record was read.</param>
/// <param name="Name">The name of the record, printable.</param>
/// <param name="Cluster">The cluster of the record, in lower case; null if it cannot be read.</param>
/// <param name="Mistake">The mistake in the record, printable.</param>
/// <param name="Since">When the record was first read with this content.</param>
internal sealed record BadRecord(
    RecordSource Source, string Name, string? Cluster, string Mistake, DateTimeOffset Since);
