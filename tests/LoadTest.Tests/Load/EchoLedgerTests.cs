using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Tests.Load;

public sealed class EchoLedgerTests
{
    private readonly EchoLedger _ledger = new(connection: 7);

    [Fact]
    public void Settle_OfAnAwaitedMessage_ReturnsItsDeparture()
    {
        var sequence = _ledger.Issue(new SendTimes(Intended: 10, Actual: 25));

        Assert.Equal(EchoVerdict.Awaited, _ledger.Settle(sequence, out var departure));
        Assert.Equal(new SendTimes(10, 25), departure);
        Assert.Equal(0, _ledger.Outstanding);
    }

    [Fact]
    public void Settle_Twice_IsADuplicate()
    {
        var sequence = _ledger.Issue(default);
        _ledger.Settle(sequence, out _);

        Assert.Equal(EchoVerdict.Duplicate, _ledger.Settle(sequence, out _));
    }

    [Fact]
    public void Settle_OfAnotherConnectionsMessage_IsForeign()
    {
        _ledger.Issue(default);
        var elsewhere = new EchoLedger(connection: 8).Issue(default);

        Assert.Equal(EchoVerdict.Foreign, _ledger.Settle(elsewhere, out _));
        Assert.Equal(1, _ledger.Outstanding);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Settle_OfWhatWasNeverSent_IsForeign(long sequence) =>
        Assert.Equal(EchoVerdict.Foreign, _ledger.Settle(sequence, out _));

    [Fact]
    public void Withdraw_OfAMessageThatCouldNotBeSent_AwaitsItNoMore()
    {
        _ledger.Withdraw(_ledger.Issue(default));

        Assert.Equal(0, _ledger.Outstanding);
    }
}
