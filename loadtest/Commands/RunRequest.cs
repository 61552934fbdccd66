using WsBalancer.LoadTest.Runs;
using WsBalancer.LoadTest.Thresholds;

namespace WsBalancer.LoadTest.Commands;

/// <summary>A run as requested on the command line, and the output options for its result.</summary>
internal sealed record RunRequest(
    RunSettings Settings, IReadOnlyList<Threshold> Thresholds, FileInfo? Json, bool IsQuiet);
