using System.Globalization;
using System.Text.Json;

namespace WsBalancer.LoadTest.Compare;

/// <summary>One of the numbers of a round: its title, its name in JSON and its format.</summary>
internal sealed record Figure(string Title, string Property, string Format, Func<RoundFigures, double?> Of)
{
    /// <summary>All figures, in the order of the table.</summary>
    public static readonly IReadOnlyList<Figure> All =
    [
        new("messages/s", nameof(RoundFigures.MessagesPerSecond), "N0", round => round.MessagesPerSecond),
        new("CPU µs/message", nameof(RoundFigures.CpuMicrosecondsPerMessage), "N2",
            round => round.CpuMicrosecondsPerMessage),
        new("latency p50 ms", nameof(RoundFigures.P50Ms), "N3", round => round.P50Ms),
        new("latency p99 ms", nameof(RoundFigures.P99Ms), "N3", round => round.P99Ms),
        new("handshakes/s", nameof(RoundFigures.HandshakesPerSecond), "N0", round => round.HandshakesPerSecond),
        new("CPU µs/handshake", nameof(RoundFigures.CpuMicrosecondsPerHandshake), "N1",
            round => round.CpuMicrosecondsPerHandshake),
        new("bytes/idle tunnel", nameof(RoundFigures.BytesPerTunnel), "N0", round => round.BytesPerTunnel),
        new("bytes resident, all idle", nameof(RoundFigures.ResidentBytes), "N0", round => round.ResidentBytes),
        new("CPUs busy, messages", nameof(RoundFigures.CpusBusy), "N2", round => round.CpusBusy),
        new("CPUs busy, wsload", nameof(RoundFigures.GeneratorCpusBusy), "N2", round => round.GeneratorCpusBusy),
    ];

    /// <summary>The name of the figure in the JSON document.</summary>
    public string Name => JsonNamingPolicy.CamelCase.ConvertName(Property);

    public string Write(double? value) => value?.ToString(Format, CultureInfo.InvariantCulture) ?? "-";
}
