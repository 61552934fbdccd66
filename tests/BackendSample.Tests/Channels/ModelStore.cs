using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Channels;

/// <summary>A store of one channel that keeps a few messages. The test decides when a read is answered.</summary>
internal sealed class ModelStore : IMessageStore
{
    private const int Size = 12;

    private readonly Queue<(TaskCompletionSource<ChannelWindow?> Reply, long After)> _reads = new();
    private readonly List<StoredMessage> _messages = [];
    private int _epochs;

    /// <summary>The messages that were stored and are on their way to the node.</summary>
    public Queue<StoredMessage> Published { get; } = new();

    public ChannelPosition Top { get; private set; } = new("e0", 0);

    public bool HasReads => _reads.Count > 0;

    public void Append()
    {
        Top = Top with { Offset = Top.Offset + 1 };
        var message = new StoredMessage(Top, FakeStore.Message((int)Top.Offset));
        _messages.Add(message);
        Published.Enqueue(message);
        if (_messages.Count > Size)
        {
            _messages.RemoveAt(0);
        }
    }

    /// <summary>Loses everything.</summary>
    public void BeginEpoch()
    {
        Top = new ChannelPosition($"e{++_epochs}", 0);
        _messages.Clear();
    }

    /// <summary>Whether the message after this position is no longer stored.</summary>
    public bool HasLost(ChannelPosition position) =>
        position.Epoch != Top.Epoch || position.Offset < Top.Offset - _messages.Count;

    public void Answer(bool isAvailable)
    {
        if (_reads.TryDequeue(out var read))
        {
            read.Reply.SetResult(isAvailable
                ? new ChannelWindow(Top, _messages.FindAll(message => message.Position.Offset > read.After))
                : null);
        }
    }

    public Task<ChannelWindow?> ReadAsync(string channel, long after, ChannelPosition? delivered)
    {
        // Continuations run inside Answer, so that the test sees their effect at once.
        var reply = new TaskCompletionSource<ChannelWindow?>();
        _reads.Enqueue((reply, after));
        return reply.Task;
    }

    public Task<AppendResult> AppendAsync(
        string channel, string sender, string id, ReadOnlyMemory<byte> message) => throw new NotSupportedException();
}
