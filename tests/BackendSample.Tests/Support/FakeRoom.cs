using System.Text;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A room on one node, whose stored messages are those of the test.</summary>
internal sealed class FakeRoom(FakeStore store)
{
    public const string Name = "room:r";

    public Audience Audience { get; } = new(store);

    /// <summary>Adds a member that has the messages up to an offset, and receives those up to the newest one.</summary>
    public async Task<Listener> MemberAsync(int since, int top)
    {
        var member = new Listener();
        var recovering = RecoverAsync(member, since);
        store.Answer(top);
        Assert.True(await recovering);
        return member;
    }

    public Task<bool> RecoverAsync(Listener member, int since) =>
        RecoverAsync(member, new ChannelPosition("e", since));

    /// <summary>The member receives its position, and whether the missed messages follow.</summary>
    public Task<bool> RecoverAsync(Listener member, ChannelPosition since) => Audience.RecoverAsync(
        Name,
        new ChannelWaiter(member, since, (position, isRecovered) => Delivery.Control(
            Encoding.UTF8.GetBytes($"{position} {(isRecovered is true ? "recovered" : "lost")}"))));

    public void Publish(int number, string epoch = "e") => Audience.Deliver(
        Name, ChannelFrame.Stored(new ChannelPosition(epoch, number), FakeStore.Message(number)));
}
