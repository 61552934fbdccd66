using System.Text;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A store whose reads are answered by the test.</summary>
internal sealed class FakeStore : IMessageStore
{
    private readonly Queue<TaskCompletionSource<ChannelWindow?>> _reads = new();
    private readonly Queue<long> _afters = new();
    private readonly List<StoredMessage> _messages = [];
    private string _epoch = "e";

    public int Reads { get; private set; }

    /// <summary>The reads that are not answered.</summary>
    public int Pending => _reads.Count;

    public ChannelPosition? Delivered { get; private set; }

    /// <summary>The offset after which the newest read needs messages.</summary>
    public long After { get; private set; }

    public static byte[] Message(int number) => Encoding.UTF8.GetBytes($$"""{"data":{{number}}}""");

    public void Begin(string epoch)
    {
        _epoch = epoch;
        _messages.Clear();
    }

    public void Append(params int[] numbers) => _messages.AddRange(numbers.Select(number =>
        new StoredMessage(new ChannelPosition(_epoch, number), Message(number))));

    public void Answer(int top)
    {
        if (_reads.TryDequeue(out var read))
        {
            var after = _afters.Dequeue();
            read.SetResult(new ChannelWindow(
                new ChannelPosition(_epoch, top),
                [.. _messages.Where(message => message.Position.Offset <= top && message.Position.Offset > after)]));
        }
    }

    /// <summary>Answers the reads that have begun, not those that follow.</summary>
    public void AnswerAll(int top) => Repeat(Pending, () => Answer(top));

    public void FailAll() => Repeat(Pending, Fail);

    public void Fail()
    {
        _afters.Dequeue();
        _reads.Dequeue().SetResult(null);
    }

    public Task<ChannelWindow?> ReadAsync(string channel, long after, ChannelPosition? delivered)
    {
        Reads++;
        Delivered = delivered;
        After = after;
        _afters.Enqueue(after);
        // Continuations run inside Answer, so that the test sees their effect at once.
        _reads.Enqueue(new TaskCompletionSource<ChannelWindow?>());
        return _reads.Last().Task;
    }

    public Task<AppendResult> AppendAsync(
        string channel, string sender, string id, ReadOnlyMemory<byte> message) => throw new NotSupportedException();

    private static void Repeat(int times, Action action)
    {
        for (var time = 0; time < times; time++)
        {
            action();
        }
    }
}
