using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Tests.Health;

public sealed class SilenceJudgeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly HealthOptions _options = new() { SilentHandshakes = 3, TrialAfter = TimeSpan.FromSeconds(10) };
    private readonly SilenceJudge _judge = new();
    private TimeSpan _now = TimeSpan.FromDays(1);

    [Theory]
    [InlineData("n n", false)]
    [InlineData("n n n", true)]
    [InlineData("n n a n n", false)]
    [InlineData("n n a n n n", true)]
    [InlineData("a a n n n n", true)]
    [InlineData("n n n a", false)]
    [InlineData("n n n a n n", false)]
    public void Silence_IsARowOfHandshakesWithoutAnAnswer(string handshakes, bool isSilent)
    {
        foreach (var answered in handshakes.Split(' ').Select(handshake => handshake == "a"))
        {
            Judge(answered);
        }

        Assert.Equal(isSilent, _judge.IsSilent);
    }

    [Fact]
    public void Silence_ThatIsOff_NeverBegins()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.False(_judge.NotAnswered(_options with { SilentHandshakes = null }));
        }
    }

    [Fact]
    public void NodeThatAnswers_IsNotTried() => Assert.Null(TryBegin());

    [Fact]
    public void Trials_AreSingle_AndTheirPausesAndTimesDouble()
    {
        BeginSilence();
        foreach (var (pause, patience) in (ReadOnlySpan<(int, double)>)
            [(10, 2.5), (20, 5), (40, 10), (80, 10), (160, 10), (320, 10), (320, 10)])
        {
            Assert.Null(TryBeginAfter(pause - 0.1));
            var trial = TryBeginAfter(0.1)!;
            Assert.Equal(patience, trial.TimeoutOf(Timeout).TotalSeconds);
            Assert.Null(TryBeginAfter(3600));

            _judge.Failed(trial, _options, _now, counts: true);
        }
    }

    [Fact]
    public void TrialThatDoesNotCount_IsFollowedByAPauseOfTheSameLength()
    {
        BeginSilence();
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(TryBeginAfter(9.9));
            TryBeginAfter(0.1)!.End();
        }
    }

    [Fact]
    public void TrialThatIsOver_DoesNotEndAnother()
    {
        BeginSilence();
        var first = TryBeginAfter(10)!;
        _judge.Failed(first, _options, _now, counts: true);
        Assert.NotNull(TryBeginAfter(20));

        first.End();

        Assert.Null(TryBeginAfter(3600));
    }

    [Theory]
    [InlineData(9.9, 20)]
    [InlineData(10, 10)]
    public void SilenceSoonAfterAnother_HasLongerPauses(double answering, double pause)
    {
        BeginSilence();
        Assert.True(_judge.Answered(_now));
        _now += TimeSpan.FromSeconds(answering);
        BeginSilence();

        Assert.Null(TryBeginAfter(pause - 0.1));
        Assert.NotNull(TryBeginAfter(0.1));
    }

    private void BeginSilence()
    {
        for (var i = 0; i < 3; i++)
        {
            Judge(answered: false);
        }
    }

    private void Judge(bool answered)
    {
        if (answered)
        {
            _judge.Answered(_now);
        }
        else if (_judge.NotAnswered(_options))
        {
            _judge.Begin(_options, _now);
        }
    }

    private NodeTrial? TryBeginAfter(double seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        return TryBegin();
    }

    private NodeTrial? TryBegin() =>
        _judge.TryBegin(_now, trial => _judge.Failed(trial, _options, _now, counts: false));
}
