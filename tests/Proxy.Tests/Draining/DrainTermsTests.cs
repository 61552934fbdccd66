using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Draining;

public sealed class DrainTermsTests
{
    private static readonly DrainValue Running = new("old", 7, 33, 4001);

    [Fact]
    public void Request_WithoutTerms_HasTheConfiguredTerms() =>
        Assert.Equal(new DrainValue("new", 100, 600, 1012), Of(new DrainRequest()));

    [Fact]
    public void Nothing_OfARunningOne_StaysAsItIs() =>
        Assert.Equal(Running with { Operation = "new" }, Of(new DrainRequest(), Running));

    [Fact]
    public void Request_WithEveryTerm_HasThem() => Assert.Equal(
        new DrainValue("new", 0.5, 90, 4000),
        Of(new DrainRequest { RatePerSecond = 0.5, Deadline = DrainDeadline.In(90), CloseCode = 4000 }, Running));

    // With the terms of the cordon, the drain would close nothing and never end, although the command specifies
    // neither.
    [Fact]
    public void Cordon_IsNotInheritedByADrain()
    {
        var cordon = new DrainValue("old", 0, null, 4000);

        Assert.Equal(Of(new DrainRequest()), Of(new DrainRequest(), cordon));
        Assert.Equal(
            Of(new DrainRequest { RatePerSecond = 10 }), Of(new DrainRequest { RatePerSecond = 10 }, cordon));
    }

    // 1,000 tunnels over 105 s, of which the last 5 s are for the answers to the Close.
    [Fact]
    public void Over_IsARateAndADeadline() =>
        Assert.Equal(new DrainValue("new", 10, 105, 1012), Of(new DrainRequest { OverSeconds = 105 }));

    [Fact]
    public void Over_WithADeadline_HasThat() => Assert.Equal(
        new DrainValue("new", 10, null, 1012),
        Of(new DrainRequest { OverSeconds = 105, Deadline = DrainDeadline.None }));

    [Theory]
    [InlineData(3, 1_000, 1_000)]
    [InlineData(100, 0, 100)]
    public void Over_TooShort_OrOfNothing_HasARateAllTheSame(double over, int remaining, double rate) =>
        Assert.Equal(rate, Of(new DrainRequest { OverSeconds = over }, remaining: remaining).RatePerSecond);

    [Theory]
    [InlineData(30.0)]
    [InlineData(null)]
    public void RateZero_IsValid_WithADeadlineOrWithDeadlineNone(double? deadline)
    {
        var given = deadline is { } seconds ? DrainDeadline.In(seconds) : DrainDeadline.None;

        Assert.Equal(
            new DrainValue("new", 0, deadline, 1012), Of(new DrainRequest { RatePerSecond = 0, Deadline = given }));
    }

    [Fact]
    public void Mistakes_AreRefused_WithKeyAndValue()
    {
        AssertRefused("'ratePerSecond' and 'overSeconds'", new DrainRequest { RatePerSecond = 1, OverSeconds = 1 });
        AssertRefused("'ratePerSecond' is -1", new DrainRequest { RatePerSecond = -1 });
        AssertRefused("'ratePerSecond' is NaN", new DrainRequest { RatePerSecond = double.NaN });
        AssertRefused("'ratePerSecond' is 1000001", new DrainRequest { RatePerSecond = 1_000_001 });
        AssertRefused("'overSeconds' is 0", new DrainRequest { OverSeconds = 0 });
        AssertRefused("'overSeconds' is ", new DrainRequest { OverSeconds = double.PositiveInfinity });
        AssertRefused("'deadlineSeconds' is 0", new DrainRequest { Deadline = DrainDeadline.In(0) });
        AssertRefused("'deadlineSeconds' is 604801", new DrainRequest { Deadline = DrainDeadline.In(604_801) });
        AssertRefused("'ratePerSecond' is 0, which closes nothing", new DrainRequest { RatePerSecond = 0 });
        AssertRefused("'closeCode' is 1006", new DrainRequest { CloseCode = 1006 });
    }

    [Theory]
    [InlineData(0, 10, 60.0, 0.0)]
    [InlineData(100, 10, 60.0, 10.0)]
    [InlineData(100, 1, 60.0, 60.0)]
    [InlineData(100, 0, 60.0, 60.0)]
    [InlineData(100, 0, null, null)]
    [InlineData(100, 10, null, 10.0)]
    [InlineData(100, 10, 0.0, 10.0)]
    public void Eta_IsByTheRate_AndByTheDeadlineAtTheLatest(
        long remaining, double rate, double? deadline, double? expected) =>
        Assert.Equal(expected, DrainStatus.Eta(remaining, rate, deadline));

    private static void AssertRefused(string beginning, DrainRequest request)
    {
        var refused = Assert.Throws<RefusedException>(() => Of(request));

        Assert.Equal(RefusalKind.BadValue, refused.Kind);
        Assert.StartsWith(beginning, refused.Message, StringComparison.Ordinal);
    }

    private static DrainValue Of(DrainRequest request, DrainValue? running = null, long remaining = 1_000) =>
        DrainTerms.Of(request, "new", new DrainOptions(), TimeSpan.FromSeconds(5), remaining, running);
}
