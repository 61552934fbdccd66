namespace WsBalancer.BackendSample.Benchmark;

/// <summary>The settings of a measurement.</summary>
/// <param name="Duration">The time of each measurement.</param>
/// <param name="Size">The bytes of a message.</param>
internal sealed record BenchOptions(TimeSpan Duration, int Size);

/// <summary>The figures of a bus.</summary>
/// <param name="Median">The median of the latencies at a light rate.</param>
/// <param name="Late">The latency that 1 % of the messages exceed.</param>
/// <param name="Rate">The messages a second at full load.</param>
/// <param name="Failed">The messages that the bus or the store did not accept.</param>
/// <param name="Lost">The others that were not received within ten seconds after the last one.</param>
internal sealed record BenchFigures(TimeSpan Median, TimeSpan Late, double Rate, long Failed, long Lost);
