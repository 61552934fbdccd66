using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Channels;

/// <summary>The messages that members receive, whatever order reads and live messages have.</summary>
public sealed class ChannelRecoveryTests
{
    private readonly FakeStore _store = new();
    private readonly FakeRoom _room;
    private readonly Audience _audience;

    public ChannelRecoveryTests()
    {
        _room = new FakeRoom(_store);
        _audience = _room.Audience;
    }

    [Fact]
    public async Task MessagesDuringTheRead_FollowTheRecoveredOnes_WithoutTheirDoubles()
    {
        _store.Append(1, 2, 3);
        var member = new Listener();
        var recovering = _room.RecoverAsync(member, since: 1);
        _room.Publish(3);
        _room.Publish(4);

        _store.Answer(top: 3);
        Assert.True(await recovering);
        _room.Publish(5);

        Assert.Equal(["e:3 recovered", "2", "3", "4", "5"], member.Received);
    }

    [Fact]
    public async Task LiveMessagesThatTheReadIncluded_AreNotDeliveredAgain_ButReachTheOthers()
    {
        var early = await _room.MemberAsync(since: 0, top: 0);
        _store.Append(1, 2);
        var late = new Listener();
        var recovering = _room.RecoverAsync(late, since: 0);
        _store.Answer(top: 2);
        await recovering;

        _room.Publish(1);
        _room.Publish(2);
        _room.Publish(3);

        Assert.Equal(["e:0 recovered", "1", "2", "3"], early.Received);
        Assert.Equal(["e:2 recovered", "1", "2", "3"], late.Received);
    }

    [Fact]
    public async Task ConcurrentRecoveries_ShareOneRead()
    {
        _store.Append(1, 2, 3);
        var members = Enumerable.Range(0, 100).Select(_ => new Listener()).ToList();
        var recovering = members.Select((member, index) => _room.RecoverAsync(member, since: index % 3)).ToList();

        _store.Answer(top: 3);
        await Task.WhenAll(recovering);

        Assert.Equal(1, _store.Reads);
        Assert.All(members.Index(), pair => Assert.Equal(
            ["e:3 recovered", .. Enumerable.Range(1, 3).Skip(pair.Index % 3).Select(number => $"{number}")],
            pair.Item.Received));
    }

    [Fact]
    public async Task ARead_ReturnsOnlyTheMissingMessages_AndIsRepeatedForALaterWaiterWithAnOlderPosition()
    {
        _store.Append(1, 2, 3);
        var (one, two) = (new Listener(), new Listener());
        var first = _room.RecoverAsync(one, since: 2);
        Assert.Equal(2, _store.After);
        var second = _room.RecoverAsync(two, since: 1);

        _store.Answer(top: 3);
        Assert.Empty(one.Received);
        Assert.Equal(0, _store.After);
        _store.Answer(top: 3);
        await Task.WhenAll(first, second);

        Assert.Equal(["e:3 recovered", "3"], one.Received);
        Assert.Equal(["e:3 recovered", "2", "3"], two.Received);
    }

    [Fact]
    public async Task AMissingLiveMessage_IsReadFromTheStore()
    {
        var member = await _room.MemberAsync(since: 0, top: 0);
        _store.Append(1, 2, 3, 4);

        _room.Publish(1);
        _room.Publish(3);
        _room.Publish(4);
        Assert.Equal(["e:0 recovered", "1"], member.Received);
        _store.Answer(top: 4);

        Assert.Equal(["e:0 recovered", "1", "2", "3", "4"], member.Received);
    }

    [Fact]
    public async Task AMissingMessageThatTheStoreNoLongerHas_IsSignalledAsAGap()
    {
        var member = await _room.MemberAsync(since: 0, top: 0);
        _store.Append(3, 4);

        _room.Publish(1);
        _room.Publish(4);
        _store.Answer(top: 4);
        _room.Publish(5);

        Assert.Equal(["e:0 recovered", "1", "gap e:2", "3", "4", "5"], member.Received);
    }

    [Fact]
    public void AFirstMessageThatOvertookAnother_WaitsForIt_IfTheBusKnowsThePositionBefore()
    {
        var member = new Listener();
        _audience.Add(FakeRoom.Name, member, Delivery.Control("joined"u8.ToArray()));
        _store.Append(6, 7);

        _audience.Deliver(FakeRoom.Name, Frame(7), floor: new ChannelPosition("e", 5));
        Assert.Equal(["joined"], member.Received);
        Assert.Equal(5, _store.After);
        _store.Answer(top: 7);
        _audience.Deliver(FakeRoom.Name, Frame(6), floor: new ChannelPosition("e", 7));
        _room.Publish(8);

        Assert.Equal(["joined", "6", "7", "8"], member.Received);

        static ChannelFrame Frame(int number) =>
            new(FakeStore.Message(number), new ChannelPosition("e", number), IsEphemeral: false);
    }

    [Fact]
    public async Task AfterALossOfTheBus_MembersReceiveWhatTheyMissed_BeforeLaterMessages()
    {
        var member = await _room.MemberAsync(since: 0, top: 0);
        _room.Publish(1);
        _store.Append(1, 2, 3);
        _audience.Suspend();
        _room.Publish(3);

        var resuming = _audience.ResumeAsync();
        _store.Answer(top: 3);
        await resuming;
        _room.Publish(4);

        Assert.Equal(["e:0 recovered", "1", "2", "3", "4"], member.Received);
    }

    [Fact]
    public async Task AReadThatBeganBeforeTheLoss_IsRepeated()
    {
        var member = await _room.MemberAsync(since: 0, top: 0);
        _store.Append(1);
        _room.Publish(2);
        _audience.Suspend();
        _store.Answer(top: 1);
        Assert.Equal(["e:0 recovered"], member.Received);
        _store.Append(2, 3);

        _store.Answer(top: 3);

        Assert.Equal(["e:0 recovered", "1", "2", "3"], member.Received);
    }

    [Fact]
    public async Task AFailedRead_RefusesTheWaiting_AndMembersAreServedByTheNextOne()
    {
        var member = await _room.MemberAsync(since: 0, top: 0);
        _store.Append(1, 2);
        _room.Publish(2);
        var late = new Listener();
        var recovering = _room.RecoverAsync(late, since: 0);
        _store.Fail();
        Assert.False(await recovering);
        Assert.Empty(late.Received);

        var resuming = _audience.ResumeAsync();
        _store.Answer(top: 2);
        await resuming;

        Assert.Equal(["e:0 recovered", "1", "2"], member.Received);
    }

    [Fact]
    public async Task AMemberAddedWhileTheStoreIsAway_IsNotifiedOfTheGap()
    {
        var member = new Listener();
        _audience.AddSuspended(FakeRoom.Name, member, Delivery.Control("welcome"u8.ToArray()));
        _store.Append(1, 2);

        var resuming = _audience.ResumeAsync();
        _store.Answer(top: 2);
        await resuming;
        _room.Publish(3);
        Assert.Equal(["welcome", "gap e:2", "3"], member.Received);
    }

    [Fact]
    public async Task AMemberThatLeavesDuringTheRead_ReceivesNothing()
    {
        _store.Append(1);
        var member = new Listener();
        var recovering = _room.RecoverAsync(member, since: 0);
        _audience.Remove(FakeRoom.Name, member);

        _store.Answer(top: 1);
        await recovering;
        _room.Publish(2);

        Assert.Empty(member.Received);
    }
}
