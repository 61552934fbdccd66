using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class RecentFailuresTests
{
    private readonly RecentFailures _failures = new(new TimerLog());

    [Fact]
    public void Rejections_OfAClusterWhoseIdChangedItsCase_AreCountedTogether()
    {
        _failures.Rejected("chat", Rejection.NoNode);
        _failures.Rejected("Chat", Rejection.NoNode);
        _failures.Rejected("Chat", Rejection.Stopping);
        _failures.Rejected("other", Rejection.NoNode);

        var rejected = _failures.RejectedIn("Chat");

        Assert.Equal((2, 1, 2), (rejected[Rejection.NoNode], rejected[Rejection.Stopping], rejected.Count));
    }
}
