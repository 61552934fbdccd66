using System.Text;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Channels;

/// <summary>The messages that members receive, whatever order reads and live messages have.</summary>
public sealed class ChannelRecoveryTests
{
    private readonly FakeStore _store = new();
    private readonly Audience _audience;

    public ChannelRecoveryTests() => _audience = new Audience(_store);

    [Fact]
    public async Task MessagesDuringTheRead_FollowTheRecoveredOnes_WithoutTheirDoubles()
    {
        _store.Append(1, 2, 3);
        var member = new Listener();
        var recovering = RecoverAsync(member, since: 1);
        Publish(3);
        Publish(4);

        _store.Answer(top: 3);
        Assert.True(await recovering);
        Publish(5);

        Assert.Equal(["e:3 recovered", "2", "3", "4", "5"], member.Received);
    }

    [Fact]
    public async Task LiveMessagesThatTheReadIncluded_AreNotDeliveredAgain_ButReachTheOthers()
    {
        var early = await MemberAsync(since: 0, top: 0);
        _store.Append(1, 2);
        var late = new Listener();
        var recovering = RecoverAsync(late, since: 0);
        _store.Answer(top: 2);
        await recovering;

        Publish(1);
        Publish(2);
        Publish(3);

        Assert.Equal(["e:0 recovered", "1", "2", "3"], early.Received);
        Assert.Equal(["e:2 recovered", "1", "2", "3"], late.Received);
    }

    [Fact]
    public async Task ConcurrentRecoveries_ShareOneRead()
    {
        _store.Append(1, 2, 3);
        var members = Enumerable.Range(0, 100).Select(_ => new Listener()).ToList();
        var recovering = members.Select((member, index) => RecoverAsync(member, since: index % 3)).ToList();

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
        var first = RecoverAsync(one, since: 2);
        Assert.Equal(2, _store.After);
        var second = RecoverAsync(two, since: 1);

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
        var member = await MemberAsync(since: 0, top: 0);
        _store.Append(1, 2, 3, 4);

        Publish(1);
        Publish(3);
        Publish(4);
        Assert.Equal(["e:0 recovered", "1"], member.Received);
        _store.Answer(top: 4);

        Assert.Equal(["e:0 recovered", "1", "2", "3", "4"], member.Received);
    }

    [Fact]
    public async Task AMissingMessageThatTheStoreNoLongerHas_IsSignalledAsAGap()
    {
        var member = await MemberAsync(since: 0, top: 0);
        _store.Append(3, 4);

        Publish(1);
        Publish(4);
        _store.Answer(top: 4);
        Publish(5);

        Assert.Equal(["e:0 recovered", "1", "gap e:2", "3", "4", "5"], member.Received);
    }

    [Fact]
    public async Task ANewEpoch_IsSignalledAsAGap()
    {
        var member = await MemberAsync(since: 0, top: 0);
        Publish(1);
        _store.Begin("f");
        _store.Append(1, 2);

        Publish(2, "f");
        _store.Answer(top: 2);
        Publish(3, "f");

        Assert.Equal(["e:0 recovered", "1", "gap f:2", "3"], member.Received);
    }

    [Fact]
    public async Task AfterALossOfTheBus_MembersReceiveWhatTheyMissed_BeforeLaterMessages()
    {
        var member = await MemberAsync(since: 0, top: 0);
        Publish(1);
        _store.Append(1, 2, 3);
        _audience.Suspend();
        Publish(3);

        var resuming = _audience.ResumeAsync();
        _store.Answer(top: 3);
        await resuming;
        Publish(4);

        Assert.Equal(["e:0 recovered", "1", "2", "3", "4"], member.Received);
    }

    [Fact]
    public async Task AStoreThatLostDeliveredMessages_BeginsANewEpoch_AndTheGapIsSignalled()
    {
        var member = await MemberAsync(since: 0, top: 0);
        Publish(1);
        Publish(2);
        _audience.Suspend();

        var resuming = _audience.ResumeAsync();
        Assert.Equal(new ChannelPosition("e", 2), _store.Delivered);
        _store.Begin("f");
        _store.Append(1);
        _store.Answer(top: 1);
        await resuming;

        Assert.Equal(["e:0 recovered", "1", "2", "gap f:1"], member.Received);
    }

    [Fact]
    public async Task AReadThatBeganBeforeTheLoss_IsRepeated()
    {
        var member = await MemberAsync(since: 0, top: 0);
        _store.Append(1);
        Publish(2);
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
        var member = await MemberAsync(since: 0, top: 0);
        _store.Append(1, 2);
        Publish(2);
        var late = new Listener();
        var recovering = RecoverAsync(late, since: 0);
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
        _audience.AddSuspended("room:r", member, Delivery.Control("welcome"u8.ToArray()));
        _store.Append(1, 2);

        var resuming = _audience.ResumeAsync();
        _store.Answer(top: 2);
        await resuming;
        Publish(3);
        Assert.Equal(["welcome", "gap e:2", "3"], member.Received);
    }

    [Fact]
    public async Task AMemberThatLeavesDuringTheRead_ReceivesNothing()
    {
        _store.Append(1);
        var member = new Listener();
        var recovering = RecoverAsync(member, since: 0);
        _audience.Remove("room:r", member);

        _store.Answer(top: 1);
        await recovering;
        Publish(2);

        Assert.Empty(member.Received);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task AnyInterleaving_DeliversEachMessageOnceAndInOrder(int seed)
    {
        var random = new Random(seed);
        var members = new List<(Listener Member, int Since)>();
        var recoveries = new List<Task>();
        var (stored, published) = (0, 0);
        for (var step = 0; step < 400; step++)
        {
            switch (random.Next(6))
            {
                case 0:
                    _store.Append(++stored);
                    break;
                case 1 or 2 when published < stored:
                    published++;
                    if (random.Next(20) > 0)
                    {
                        Publish(published);
                    }

                    break;
                case 3 when members.Count < 20:
                    members.Add((new Listener(), random.Next(published + 1)));
                    recoveries.Add(RecoverAsync(members[^1].Member, members[^1].Since));
                    break;
                case 4:
                    _store.Answer(top: stored);
                    break;
            }
        }

        // The last message shows every loss before it.
        _store.Append(++stored);
        for (; published < stored; published++)
        {
            Publish(published + 1);
        }

        for (var read = 0; read < 6; read++)
        {
            _store.Answer(top: stored);
        }

        await Task.WhenAll(recoveries);
        Assert.All(members, pair => Assert.Equal(
            Enumerable.Range(pair.Since + 1, stored - pair.Since).Select(number => $"{number}"),
            pair.Member.Received[1..]));
    }

    private async Task<Listener> MemberAsync(int since, int top)
    {
        var member = new Listener();
        var recovering = RecoverAsync(member, since);
        _store.Answer(top);
        Assert.True(await recovering);
        return member;
    }

    private Task<bool> RecoverAsync(Listener member, int since) => _audience.RecoverAsync(
        "room:r",
        new ChannelWaiter(member, new ChannelPosition("e", since), (position, isRecovered) =>
            Delivery.Control(
                Encoding.UTF8.GetBytes($"{position} {(isRecovered is true ? "recovered" : "lost")}"))));

    private void Publish(int number, string epoch = "e") => _audience.Deliver(
        "room:r", ChannelFrame.Stored(new ChannelPosition(epoch, number), FakeStore.Message(number)));
}
