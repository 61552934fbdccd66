namespace WsBalancer.LoadTest.Comparing;

/// <summary>What one round found of one target. Null is what could not be known, or what never happened.</summary>
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

    /// <summary>CPUs kept busy during the messages: of the target, and of this program.</summary>
    public double? CpusBusy { get; init; }

    public double? GeneratorCpusBusy { get; init; }
}
