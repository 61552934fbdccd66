using System.Text;
using System.Text.Json;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Tests.Sessions;

public sealed class OutgoingMessagesTests
{
    private readonly OutgoingMessages _messages = new();
    private readonly ShedCount _shed = new();

    [Fact]
    public void Take_ReturnsTheHighestPriorityFirst_AndEachInOrder()
    {
        _messages.Add(Plain("typing", Priority.Ephemeral));
        _messages.Add(Plain("room 1", Priority.Room));
        _messages.Add(Plain("direct", Priority.Direct));
        _messages.Add(Delivery.Control("ack"u8.ToArray()));
        _messages.Add(Plain("room 2", Priority.Room));

        Assert.Equal(["ack", "direct", "room 1", "room 2", "typing"], TakeAll());
        Assert.True(_messages.IsEmpty);
        Assert.Equal(0, _messages.QueuedBytes);
    }

    [Fact]
    public void Shed_DropsTheCheapestAndOldestFirst_AndOnlyCheaperOnes()
    {
        _messages.Add(Plain("typing 1", Priority.Ephemeral));
        _messages.Add(Plain("room 1", Priority.Room));
        _messages.Add(Plain("room 2", Priority.Room));
        _messages.Add(Plain("direct", Priority.Direct));

        _messages.Shed(Priority.Direct, bytes: 100, _shed);

        Assert.Equal(["direct", "room 2"], TakeAll());
        Assert.Equal((1, 1, 0), (_shed[Priority.Ephemeral], _shed[Priority.Room], _shed[Priority.Direct]));
    }

    [Fact]
    public void Shed_OfMessagesOfTheSamePriority_DropsNothing()
    {
        _messages.Add(Plain("room", Priority.Room));

        _messages.Shed(Priority.Room, bytes: 1, _shed);

        Assert.Equal(["room"], TakeAll());
    }

    [Fact]
    public void Shed_OfStoredMessages_LeavesOneNoticeOfTheGapForEachChannel_BeforeTheRest()
    {
        for (var offset = 1; offset <= 4; offset++)
        {
            _messages.Add(Stored("room:a", offset));
            _messages.Add(Stored("room:b", offset));
        }

        _messages.Shed(Priority.Direct, bytes: 2 * Outgoing.CostOf(Stored("room:a", 1)), _shed);
        _messages.Shed(Priority.Direct, bytes: 4 * Outgoing.CostOf(Stored("room:a", 1)), _shed);

        var left = TakeAll().Select(text => JsonElement.Parse(text)).ToList();
        var gaps = left.TakeWhile(message => message.TryGetProperty("type", out _)).ToList();
        var channels = gaps.Select(gap => gap.GetProperty("channel").GetString()!);
        Assert.Equal(["room:a", "room:b"], channels.Order(StringComparer.Ordinal));
        var rest = left.Skip(gaps.Count).Select(message => message.GetProperty("offset").GetInt64()).ToList();
        Assert.Equal(gaps.Max(gap => gap.GetProperty("offset").GetInt64()) + 1, rest.Max());
        Assert.Equal(8, rest.Count + _shed[Priority.Room]);
    }

    [Fact]
    public void Shed_KeepsAnswers()
    {
        _messages.Add(Delivery.AboutRoom("joined"u8.ToArray()));
        _messages.Add(Plain("room", Priority.Room));

        _messages.Shed(Priority.Direct, bytes: 1000, _shed);

        Assert.Equal(["joined"], TakeAll());
    }

    private static Delivery Plain(string text, Priority priority) =>
        Delivery.Plain(Encoding.UTF8.GetBytes(text), priority);

    private static Delivery Stored(string channel, int offset)
    {
        var text = $$"""{"data":"{{new string('x', 200)}}"}""";
        return new Delivery(channel, new StoredMessage(new ChannelPosition("e", offset), Encoding.UTF8.GetBytes(text)));
    }

    private List<string> TakeAll()
    {
        var texts = new List<string>();
        while (_messages.Take() is { } next)
        {
            texts.Add(Encoding.UTF8.GetString(next.Bytes.Span));
        }

        return texts;
    }
}
