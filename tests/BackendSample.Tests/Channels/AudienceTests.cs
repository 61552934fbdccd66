using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Channels;

public sealed class AudienceTests
{
    private readonly Audience _audience = new(new LocalStore(new HistoryOptions(), TimeProvider.System));

    [Fact]
    public void Deliver_ReachesTheMembersOfThatChannelOnly()
    {
        var member = Added("a");
        var other = Added("b");

        _audience.Deliver("a", "x"u8.ToArray());

        Assert.Equal(["hi", "x"], member.Received);
        Assert.Equal(["hi"], other.Received);
    }

    [Fact]
    public void Deliver_AfterRemove_ReachesNoMember()
    {
        var member = Added("a");
        _audience.Remove("a", member);

        _audience.Deliver("a", "x"u8.ToArray());

        Assert.Equal(["hi"], member.Received);
    }

    [Fact]
    public void Add_AfterTheChannelWasEmptied_OpensItAgain()
    {
        _audience.Remove("a", Added("a"));
        var member = Added("a");

        _audience.Deliver("a", "x"u8.ToArray());

        Assert.Equal(["hi", "x"], member.Received);
    }

    private Listener Added(string channel)
    {
        var member = new Listener();
        _audience.Add(channel, member, Delivery.Control("hi"u8.ToArray()));
        return member;
    }
}
