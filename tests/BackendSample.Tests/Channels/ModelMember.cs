using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Tests.Channels;

/// <summary>A member that checks each message: the next one of its epoch, unless a gap was signalled.</summary>
internal sealed class ModelMember(ModelStore store) : IAudienceMember
{
    private readonly HashSet<ChannelPosition> _received = [];

    /// <summary>The broken rules. An exception would end the read of the channel instead of the test.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>The position after the last message or gap; null before the greeting.</summary>
    public ChannelPosition? Position { get; private set; }

    /// <summary>The number of messages and gaps.</summary>
    public (int Messages, int Gaps) Counts { get; private set; }

    /// <summary>Completes when the member was added, or refused.</summary>
    public Task<bool> Joining { get; private set; } = Task.FromResult(true);

    public bool HasLeft { get; set; }

    public long FreeBytes => long.MaxValue;

    /// <summary>Whether the member has a position, or was added without one and waits for it.</summary>
    public bool IsAdded => !HasLeft && (Position is not null || (Joining.IsCompletedSuccessfully && Joining.Result));

    public void Join(Audience audience, string channel, ChannelPosition since) =>
        Joining = audience.RecoverAsync(channel, new ChannelWaiter(this, since, (position, isRecovered) =>
        {
            Check(isRecovered == !store.HasLost(since), $"recovered from {since}: {isRecovered}");
            Position = isRecovered is true ? since : position;
            return Delivery.Control("{}"u8.ToArray());
        }));

    public void Post(Delivery delivery)
    {
        if (delivery.Channel is null)
        {
            return;
        }

        var position = delivery.Position;
        Check(!HasLeft, $"{position} was received after the member had left");
        if (delivery.CanShed)
        {
            Check(_received.Add(position), $"{position} was received twice");
            Check(Position == position with { Offset = position.Offset - 1 }, $"{position} follows {Position}");
            Counts = Counts with { Messages = Counts.Messages + 1 };
        }
        else
        {
            Check(Position is not { } last || store.HasLost(last), $"no message was lost in the gap to {position}");
            Counts = Counts with { Gaps = Counts.Gaps + 1 };
        }

        Position = position;
    }

    private void Check(bool holds, string failure)
    {
        if (!holds)
        {
            Failures.Add(failure);
        }
    }
}
