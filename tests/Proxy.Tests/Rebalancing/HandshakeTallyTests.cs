using Microsoft.Extensions.Time.Testing;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Rebalancing;

public sealed class HandshakeTallyTests
{
    private static readonly NodeKey Node = new("chat", "ws-1");

    private readonly FakeTimeProvider _time = new();
    private readonly HandshakeTally _tally;

    public HandshakeTallyTests() => _tally = new HandshakeTally(_time);

    [Theory]
    [InlineData("", null)]
    [InlineData("--", null)]
    [InlineData("---", "3 handshakes in a row failed")]
    [InlineData("--+-", null)]
    [InlineData("--+--+", "4 of 6 handshakes within 10 s failed")]
    [InlineData("-+-+", null)]
    [InlineData("-+-+-+", null)]
    [InlineData("++++++---", "3 handshakes in a row failed")]
    public void Failures_InARow_OrMostOfThem_AreEnough(string outcomes, string? why)
    {
        foreach (var outcome in outcomes)
        {
            _tally.Add(Node, outcome == '+');
        }

        Assert.Equal(why, _tally.FailureReason(Node));
        Assert.Null(_tally.FailureReason(new NodeKey("chat", "ws-2")));
    }

    [Fact]
    public void Outcomes_AreForgottenAfterTenSeconds()
    {
        foreach (var succeeded in (bool[])[false, false, true, false, false, true])
        {
            _tally.Add(Node, succeeded);
        }

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.NotNull(_tally.FailureReason(Node));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(_tally.FailureReason(Node));
    }

    [Fact]
    public void ASecond_IsCountedFromZeroTenSecondsLater()
    {
        _tally.Add(Node, false);
        _tally.Add(Node, false);
        _time.Advance(TimeSpan.FromSeconds(10));
        foreach (var succeeded in (bool[])[true, true, false, true, false])
        {
            _tally.Add(Node, succeeded);
        }

        Assert.Null(_tally.FailureReason(Node));
    }
}
