using Microsoft.Extensions.Logging;
using WsBalancer.Cli.Run;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Cli.Tests.Run;

public sealed class ReloadReportTests : IDisposable, ILogger
{
    private static readonly ReloadResult Mistaken = new(ReloadOutcome.Mistaken, ["One.", "Two."], [], []);
    private static readonly ReloadResult Unchanged = new(ReloadOutcome.Unchanged, [], [], []);
    private static readonly ReloadResult Applied = new(
        ReloadOutcome.Applied, [], [new ClusterMove("chat", 0.25, 0, ["ws-2"], [], [])], ["Urls"]);

    private readonly List<string> _lines = [];
    private readonly BalancerRegistry _registry = new(TimeProvider.System);
    private readonly ReloadReport _report;

    public ReloadReportTests() => _report = new ReloadReport(this, new ReloadMetrics(_registry, TimeProvider.System));

    // An editor may write a file twice, which causes two reloads.
    [Fact]
    public void Mistakes_ThatAreReadTwice_AreLoggedOnce()
    {
        _report.Write(Mistaken, isRequested: false);
        _report.Write(Mistaken, isRequested: false);

        Assert.Equal(
            [
                "Error One.",
                "Error Two.",
                "Error The changed configuration has mistakes (2) and is not applied; the last valid one stays in "
                + "force.",
            ],
            _lines);
    }

    [Fact]
    public void Mistakes_AfterOthers_AreLogged()
    {
        _report.Write(Mistaken, isRequested: false);
        _report.Write(Mistaken with { Reasons = ["Three."] }, isRequested: false);

        Assert.Contains("Error Three.", _lines);
    }

    [Fact]
    public void Mistakes_OfARequestedReload_AreLoggedEachTime()
    {
        _report.Write(Mistaken, isRequested: false);
        _report.Write(Mistaken, isRequested: true);

        Assert.Equal(6, _lines.Count);
    }

    [Fact]
    public void UnchangedFile_IsLoggedIfRequested_OrAfterMistakes()
    {
        _report.Write(Unchanged, isRequested: false);
        Assert.Empty(_lines);

        _report.Write(Unchanged, isRequested: true);
        Assert.Equal(["Information The configuration is unchanged."], _lines);

        _report.Write(Mistaken, isRequested: false);
        _report.Write(Unchanged, isRequested: false);
        Assert.Equal("Information The configuration is unchanged.", _lines[^1]);
    }

    [Fact]
    public void AppliedFile_IsLoggedWithWhatItMoves_AndWhatNeedsARestart()
    {
        _report.Write(Applied, isRequested: false);

        Assert.Equal(
            [
                "Warning The configuration has changed and is applied, except for the keys that are read at the start "
                + "only and need a restart: Urls.",
                "Information The changed configuration moves 25 % of the users of cluster 'chat' (0 open tunnels of "
                + "this balancer): with ws-2.",
            ],
            _lines);
    }

    public void Dispose() => _registry.Dispose();

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) => _lines.Add($"{logLevel} {formatter(state, exception)}");
}
