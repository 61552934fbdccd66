using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Tests.Health;

public sealed class HealthJudgeTests
{
    private readonly HealthOptions _options = new() { Fall = 3, Rise = 2, ConnectFailures = 3 };
    private readonly HealthJudge _judge = new();

    [Fact]
    public void Node_OfUnknownHealth_IsHealthyAfterOneProbe()
    {
        Assert.Equal(NodeHealth.Unknown, _judge.Verdict);

        _judge.ProbeSucceeded(_options);

        Assert.Equal(NodeHealth.Healthy, _judge.Verdict);
    }

    [Theory]
    [InlineData("f f", "Unknown")]
    [InlineData("f f f", "Unhealthy")]
    [InlineData("s f f", "Healthy")]
    [InlineData("s f f f", "Unhealthy")]
    [InlineData("s f f s f f", "Healthy")]
    [InlineData("f f f s", "Unhealthy")]
    [InlineData("f f f s s", "Healthy")]
    [InlineData("f f f s f s", "Unhealthy")]
    [InlineData("f f f s s f f", "Healthy")]
    [InlineData("s c c", "Healthy")]
    [InlineData("s c c c", "Unhealthy")]
    [InlineData("c c c", "Unhealthy")]
    [InlineData("s c c o c c", "Healthy")]
    [InlineData("s c s c s c", "Unhealthy")]
    [InlineData("s c c c o", "Unhealthy")]
    [InlineData("s c c c s", "Unhealthy")]
    [InlineData("s c c c s s", "Healthy")]
    [InlineData("s c c c c c s s c c", "Healthy")]
    public void Verdict_FollowsProbesAndConnects(string events, string verdict)
    {
        Apply(events);

        Assert.Equal(verdict, _judge.Verdict.ToString());
    }

    [Fact]
    public void FlappingNode_FallsOnceAndStaysDownUntilItRises()
    {
        Apply("s f f f");
        for (var i = 0; i < 50; i++)
        {
            Apply("s f");
            Assert.Equal(NodeHealth.Unhealthy, _judge.Verdict);
        }

        Apply("s s");

        Assert.Equal(NodeHealth.Healthy, _judge.Verdict);
    }

    private void Apply(string events)
    {
        foreach (var item in events.Split(' '))
        {
            switch (item)
            {
                case "s":
                    _judge.ProbeSucceeded(_options);
                    break;
                case "f":
                    _judge.ProbeFailed(_options);
                    break;
                case "o":
                    _judge.ConnectSucceeded();
                    break;
                default:
                    _judge.ConnectFailed(_options);
                    break;
            }
        }
    }
}
