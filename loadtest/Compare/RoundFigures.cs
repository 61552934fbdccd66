namespace WsBalancer.LoadTest.Compare;

/// <summary>
/// The measurements of one target in one round. Null means that a value is not known or that nothing was counted.
/// </summary>
internal sealed record RoundFigures
{
    public double? MessagesPerSecond { get; init; }

    public double? CpuMicrosecondsPerMessage { get; init; }

    public double? P50Ms { get; init; }

    public double? P99Ms { get; init; }

    public double? HandshakesPerSecond { get; init; }

    public double? CpuMicrosecondsPerHandshake { get; init; }

    public double? BytesPerTunnel { get; init; }

    public double? ResidentBytes { get; init; }

    /// <summary>CPUs kept busy during the messages: by the target, and by this program.</summary>
    public double? CpusBusy { get; init; }

    public double? GeneratorCpusBusy { get; init; }
}
