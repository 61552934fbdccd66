using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Channels;

/// <summary>The missing messages may be more than a client, the store or the node takes at once.</summary>
public sealed class ChannelLimitTests
{
    private readonly FakeStore _store = new();
    private readonly FakeRoom _room;
    private readonly Audience _audience;

    public ChannelLimitTests()
    {
        _room = new FakeRoom(_store);
        _audience = _room.Audience;
    }

    [Fact]
    public async Task ARecoveryLargerThanTheQueue_IsRefused_AndLiveMessagesFollow()
    {
        _store.Append([.. Enumerable.Range(1, 100)]);
        var member = new Listener { FreeBytes = 50 * Cost(100) };
        var recovering = _room.RecoverAsync(member, since: 0);

        _store.Answer(top: 100);
        await recovering;
        _room.Publish(101);

        Assert.Equal(["e:100 lost", "101"], member.Received);
    }

    [Fact]
    public async Task ARecoveryThatFitsInTheQueue_LeavesRoomForLiveMessages()
    {
        _store.Append([.. Enumerable.Range(11, 12)]);
        var (fitting, full) = (new Listener { FreeBytes = 4 * Cost(22) }, new Listener { FreeBytes = 4 * Cost(22) });
        var recovering = Task.WhenAll(_room.RecoverAsync(fitting, since: 19), _room.RecoverAsync(full, since: 18));

        _store.Answer(top: 22);
        _store.Answer(top: 22);
        await recovering;

        Assert.Equal(["e:22 recovered", "20", "21", "22"], fitting.Received);
        Assert.Equal(["e:22 lost"], full.Received);
    }

    [Fact]
    public async Task AMemberThatMissedMoreThanItsQueueTakes_ReceivesAGap_AndTheNewest()
    {
        var member = await _room.MemberAsync(since: 0, top: 0);
        member.FreeBytes = 4 * Cost(10);
        _store.Append([.. Enumerable.Range(1, 99)]);
        _audience.Suspend();

        var resuming = _audience.ResumeAsync();
        _store.Answer(top: 99);
        await resuming;
        _room.Publish(100);

        Assert.Equal(["e:0 recovered", "gap e:96", "97", "98", "99", "100"], member.Received);
    }

    [Fact]
    public async Task AFailedRecovery_LeavesNoChannel()
    {
        var recovering = _room.RecoverAsync(new Listener(), since: 0);

        _store.Fail();

        Assert.False(await recovering);
        Assert.Empty(_audience.Channels);
    }

    [Fact]
    public async Task AfterALossOfTheBus_TheChannelsAreReadInBatches()
    {
        for (var channel = 0; channel < 1100; channel++)
        {
            _audience.AddSuspended($"user:{channel}", new Listener(), Delivery.Control("welcome"u8.ToArray()));
        }

        var resuming = _audience.ResumeAsync();
        var reads = new List<int>();
        while (!resuming.IsCompleted)
        {
            reads.Add(_store.Pending);
            _store.AnswerAll(top: 0);
        }

        Assert.Equal([512, 512, 76], reads);
    }

    [Fact]
    public void AStoreThatIsAwayAgain_EndsTheReadsAfterOneBatch_AndTheChannelsStaySuspended()
    {
        for (var channel = 0; channel < 1100; channel++)
        {
            _audience.AddSuspended($"user:{channel}", new Listener(), Delivery.Control("welcome"u8.ToArray()));
        }

        var resuming = _audience.ResumeAsync();
        _store.FailAll();
        Assert.True(resuming.IsCompletedSuccessfully);
        Assert.Equal(512, _store.Reads);

        resuming = _audience.ResumeAsync();
        while (!resuming.IsCompleted)
        {
            _store.AnswerAll(top: 0);
        }

        Assert.Equal(512 + 1100, _store.Reads);
    }

    private static long Cost(int number) =>
        new Delivery(FakeRoom.Name, new StoredMessage(new("e", number), FakeStore.Message(number))).Cost;
}
