using WsBalancer.LoadTest.Runs;
using WsBalancer.LoadTest.Thresholds;

namespace WsBalancer.LoadTest.Commands;

/// <summary>A run as asked for on the command line, and what to do with its result.</summary>
internal sealed record RunRequest(
    RunSettings Settings, IReadOnlyList<Threshold> Thresholds, FileInfo? Json, bool IsQuiet);
