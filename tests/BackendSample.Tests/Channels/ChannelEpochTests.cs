using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Channels;

/// <summary>A new epoch: every member is notified, and receives the messages that are stored under it.</summary>
public sealed class ChannelEpochTests
{
    private readonly FakeStore _store = new();
    private readonly FakeRoom _room;
    private readonly Audience _audience;

    public ChannelEpochTests()
    {
        _room = new FakeRoom(_store);
        _audience = _room.Audience;
    }

    [Fact]
    public async Task ANewEpoch_IsSignalledAsAGap_BeforeItsStoredMessages()
    {
        var member = await _room.MemberAsync(since: 0, top: 0);
        _room.Publish(1);
        _store.Begin("f");
        _store.Append(1, 2);

        _room.Publish(2, "f");
        Assert.Equal(1, _store.After);
        _store.Answer(top: 2);
        Assert.Equal(0, _store.After);
        _store.Answer(top: 2);
        _room.Publish(3, "f");

        Assert.Equal(["e:0 recovered", "1", "gap f:0", "1", "2", "3"], member.Received);
    }

    [Fact]
    public async Task ANewEpochThatARecoveryFinds_IsSignalledToTheOthers_BeforeItsStoredMessages()
    {
        var member = await _room.MemberAsync(since: 0, top: 0);
        _room.Publish(1);
        _store.Begin("f");
        _store.Append(2, 3);
        var late = new Listener();
        var recovering = _room.RecoverAsync(late, since: 1);

        _store.Answer(top: 3);
        _store.Answer(top: 3);
        Assert.True(await recovering);
        _room.Publish(3, "f");
        _room.Publish(4, "f");

        Assert.Equal(["e:0 recovered", "1", "gap f:1", "2", "3", "4"], member.Received);
        Assert.Equal(["f:3 lost", "4"], late.Received);
    }

    [Fact]
    public async Task AStoreThatLostDeliveredMessages_BeginsANewEpoch_AndTheGapIsSignalled()
    {
        var member = await _room.MemberAsync(since: 0, top: 0);
        _room.Publish(1);
        _room.Publish(2);
        _audience.Suspend();

        var resuming = _audience.ResumeAsync();
        Assert.Equal(new ChannelPosition("e", 2), _store.Delivered);
        _store.Begin("f");
        _store.Append(1);
        _store.Answer(top: 1);
        _store.Answer(top: 1);
        await resuming;

        Assert.Equal(["e:0 recovered", "1", "2", "gap f:0", "1"], member.Received);
    }

    [Fact]
    public async Task AStoreThatLostMessagesOfOneRecovery_IsReadWithThePositionOfThatMember()
    {
        await _room.MemberAsync(since: 0, top: 0);
        _store.Append(1, 2);
        await _room.MemberAsync(since: 0, top: 2);

        _audience.Suspend();
        var resuming = _audience.ResumeAsync();

        Assert.Equal((0, new ChannelPosition("e", 2)), (_store.After, _store.Delivered));
        _store.Answer(top: 2);
        await resuming;
    }

    [Fact]
    public async Task TwoNewEpochsDuringOneRead_TheLastOneIsDelivered()
    {
        var member = await _room.MemberAsync(since: 0, top: 0);
        _room.Publish(2);
        _room.Publish(1, "f");
        _store.Answer(top: 0);
        _room.Publish(1, "g");
        _store.Begin("f");
        _store.Append(1);
        _store.Answer(top: 1);
        _store.Begin("g");
        _store.Append(1);
        _store.Answer(top: 1);

        Assert.Equal(["e:0 recovered", "gap g:0", "1"], member.Received);
    }

    [Fact]
    public async Task ALateMessageOfAnOldEpoch_IsDropped_AndTheMembersStay()
    {
        _store.Begin("f");
        _store.Append(1);
        var member = new Listener();
        var recovering = _room.RecoverAsync(member, new ChannelPosition("f", 0));
        _store.Answer(top: 1);
        await recovering;

        _room.Publish(7);
        _store.Answer(top: 1);
        _room.Publish(2, "f");

        Assert.Equal(["f:1 recovered", "1", "2"], member.Received);
    }

    [Fact]
    public async Task ASuspendedMemberInAChannelWithAPosition_IsNotifiedOfTheGap_AndTheOthersMissNothing()
    {
        var early = await _room.MemberAsync(since: 0, top: 0);
        _store.Append(1, 2);
        var late = new Listener();
        _audience.AddSuspended(FakeRoom.Name, late, Delivery.Control("welcome"u8.ToArray()));

        var resuming = _audience.ResumeAsync();
        _store.Answer(top: 2);
        await resuming;
        _room.Publish(3);

        Assert.Equal(["e:0 recovered", "1", "2", "3"], early.Received);
        Assert.Equal(["welcome", "gap e:2", "3"], late.Received);
    }
}
