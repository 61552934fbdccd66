using System.Globalization;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Channels;

/// <summary>
/// Random steps of the store, the bus and the members: each member receives each message once and in order, and a
/// notice of a gap exactly where messages are no longer stored.
/// </summary>
public sealed class ChannelModelTests
{
    private const string Channel = "room:r";
    private const int Steps = 500;
    private const int MaxMembers = 8;

    private readonly ModelStore _store = new();
    private readonly List<ModelMember> _members = [];
    private readonly Audience _audience;
    private readonly List<ChannelPosition> _positions = [new("e0", 0)];

    public ChannelModelTests() => _audience = new Audience(_store);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 100)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task RandomSteps_DeliverEachMessageOnceAndInOrder_OrSignalTheGap(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < Steps; step++)
        {
            Step(random);
        }

        Finish();

        Assert.Empty(_members.SelectMany(member => member.Failures));
        await Task.WhenAll(_members.Select(member => member.Joining)).WaitAsync(Deadline.Token);
        var members = _members.FindAll(member => member.IsAdded);
        Assert.All(members, member => Assert.Equal(_store.Top, member.Position));
        Assert.True(_members.Sum(member => member.Counts.Messages) > 50, "hardly any message was delivered");
    }

    private void Step(Random random)
    {
        switch (random.Next(100))
        {
            case < 30:
                _store.Append();
                _positions.Add(_store.Top);
                break;
            case < 55:
                Publish(isLost: random.Next(15) == 0);
                break;
            case < 80:
                _store.Answer(isAvailable: random.Next(15) > 0);
                break;
            case < 86 when _members.Count(member => !member.HasLeft) < MaxMembers:
                Join(random);
                break;
            case < 90 when _members.Find(member => member.IsAdded) is { } leaving:
                leaving.HasLeft = true;
                _audience.Remove(Channel, leaving);
                break;
            case < 93:
                Lose();
                break;
            case < 98:
                _ = _audience.ResumeAsync();
                break;
            case 98:
                BeginEpoch(areLate: random.Next(2) == 0);
                break;
        }
    }

    private void Publish(bool isLost)
    {
        if (_store.Published.TryDequeue(out var message) && !isLost)
        {
            _audience.Deliver(Channel, ChannelFrame.Stored(message.Position, message.Bytes));
        }
    }

    private void Join(Random random)
    {
        var member = new ModelMember(_store);
        _members.Add(member);
        if (random.Next(6) == 0)
        {
            _audience.AddSuspended(Channel, member, Delivery.Control("{}"u8.ToArray()));
        }
        else
        {
            // Most return soon, and a few with a position that is no longer known.
            member.Join(_audience, Channel, _positions[^Math.Min(random.Next(1, 20), _positions.Count)]);
        }
    }

    private void Lose()
    {
        _store.Published.Clear();
        _audience.Suspend();
    }

    private void BeginEpoch(bool areLate)
    {
        _store.BeginEpoch();
        _positions.Add(_store.Top);
        if (!areLate)
        {
            _store.Published.Clear();
        }
    }

    // The last message shows every loss before it.
    private void Finish()
    {
        _store.Append();
        while (_store.Published.Count > 0)
        {
            Publish(isLost: false);
        }

        for (var reads = 0; _store.HasReads || reads < 10; reads++)
        {
            Assert.True(reads < 100, string.Create(CultureInfo.InvariantCulture, $"{reads} reads and no end"));
            _ = _audience.ResumeAsync();
            _store.Answer(isAvailable: true);
        }
    }
}
