using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class RejectionLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<Rejecter> _logger = new();
    private readonly RejectionLog _log;

    private LogOptions _options = new() { RejectionsPerSecond = 2 };

    public RejectionLogTests() => _log = new RejectionLog(() => _options, _time, _logger);

    [Fact]
    public void Line_NamesStatusReasonClusterNodeAndAttempt()
    {
        _log.Write(Rejection.Unreachable, "chat", "ws-1", 3);

        var line = _logger.LatestRecord;
        Assert.Equal(
            "Rejected: status=503 reason=unreachable cluster=chat node=ws-1 attempt=3 suppressed=0", line.Message);
        Assert.Equal(LogLevel.Error, line.Level);
    }

    [Fact]
    public void Line_WithoutClusterAndNode_HasDashes()
    {
        _log.Write(Rejection.NoRoute, "", null, 0);

        Assert.Equal(
            "Rejected: status=404 reason=no_route cluster=- node=- attempt=0 suppressed=0",
            _logger.LatestRecord.Message);
        Assert.Equal(LogLevel.Information, _logger.LatestRecord.Level);
    }

    [Fact]
    public void LinesBeyondTheRate_AreCountedInTheNextOne()
    {
        Write(Rejection.NoRoute, 5);
        _time.Advance(TimeSpan.FromSeconds(0.999));
        Write(Rejection.NoRoute, 1);
        Assert.Equal(2, _logger.Collector.Count);

        _options = new LogOptions { RejectionsPerSecond = 3 };
        Write(Rejection.NoRoute, 1);

        Assert.EndsWith(" suppressed=4", _logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LinesBeyondTheRate_AreCountedWhenTheSecondIsOver()
    {
        Write(Rejection.NoRoute, 5);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(3, _logger.Collector.Count);
        Assert.Equal("Rejected: 3 more with reason=no_route in the last second", _logger.LatestRecord.Message);

        Write(Rejection.NoRoute, 1);
        Assert.EndsWith(" suppressed=0", _logger.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reasons_HaveTheirOwnRates()
    {
        Write(Rejection.NoRoute, 5);
        Write(Rejection.NoNode, 1);

        Assert.Equal(3, _logger.Collector.Count);
    }

    [Fact]
    public void RateOfNought_LogsNothing()
    {
        _options = new LogOptions { RejectionsPerSecond = 0 };
        Write(Rejection.NoRoute, 5);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(0, _logger.Collector.Count);
    }

    public void Dispose() => _log.Dispose();

    private void Write(Rejection rejection, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _log.Write(rejection, "", null, 0);
        }
    }
}
