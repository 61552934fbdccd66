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
        _messages.Add(Plain("room 3", Priority.Room));
        _messages.Add(Plain("direct", Priority.Direct));

        _messages.Shed(Priority.Direct, bytes: 100, _shed);

        _messages.Add(Plain("room 4", Priority.Room));
        Assert.Equal(["direct", "room 2", "room 3", "room 4"], TakeAll());
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

        _messages.Shed(Priority.Direct, bytes: 2 * Stored("room:a", 1).Cost, _shed);
        _messages.Shed(Priority.Direct, bytes: 2 * Stored("room:a", 1).Cost, _shed);

        var left = TakeAll().Select(text => JsonElement.Parse(text)).ToList();
        var gaps = left.TakeWhile(message => message.GetProperty("type").ValueEquals("gap")).ToDictionary(
            gap => gap.GetProperty("channel").GetString()!, gap => gap.GetProperty("offset").GetInt32());
        Assert.Equal(["room:a", "room:b"], gaps.Keys.Order(StringComparer.Ordinal));
        foreach (var (channel, position) in gaps)
        {
            var rest = left.Skip(gaps.Count).Where(message => channel.EndsWith(
                message.GetProperty("room").GetString()!, StringComparison.Ordinal));
            Assert.Equal(
                Enumerable.Range(position + 1, 4 - position),
                rest.Select(message => message.GetProperty("offset").GetInt32()));
        }

        Assert.Equal(8 + gaps.Count, left.Count + _shed[Priority.Room]);
        Assert.InRange(_shed[Priority.Room], 4, 7);
    }

    [Fact]
    public void Shed_OfShortStoredMessages_FreesTheBytes_ThoughTheNoticeOfTheGapNeedsSomeOfThem()
    {
        for (var offset = 1; offset <= 1000; offset++)
        {
            _messages.Add(Stored("room:r", offset, length: 1));
        }

        for (var round = 1; round <= 2; round++)
        {
            var (queued, shed) = (_messages.QueuedBytes, _shed[Priority.Room]);

            _messages.Shed(Priority.Direct, bytes: 1, _shed);

            Assert.InRange(_messages.QueuedBytes, 0, queued - 1);
            Assert.InRange(_shed[Priority.Room] - shed, 1, 10);
        }
    }

    [Fact]
    public void Shed_CountsEveryByte_ThatIsQueuedAfterwards()
    {
        for (var offset = 1; offset <= 20; offset++)
        {
            _messages.Add(Stored("room:a", offset));
            _messages.Add(Delivery.AboutRoom("joined"u8.ToArray()));
            _messages.Add(Stored("room:b", offset));
        }

        for (var round = 0; round < 5; round++)
        {
            _messages.Shed(Priority.Direct, bytes: 1000, _shed);
        }

        TakeAll();
        Assert.Equal(0, _messages.QueuedBytes);
    }

    [Fact]
    public void Shed_KeepsTheOrderOfGapsAndAnswers()
    {
        _messages.Add(Stored("room:r", 1));
        _messages.Add(Delivery.AboutRoom("""{"type":"joined"}"""u8.ToArray()));
        _messages.Add(Stored("room:r", 2));
        _messages.Add(Stored("room:r", 3));

        _messages.Shed(Priority.Direct, bytes: 300, _shed);
        _messages.Shed(Priority.Direct, bytes: 10_000, _shed);

        var left = TakeAll().Select(text => JsonElement.Parse(text)).ToList();
        Assert.Equal(["gap", "joined", "gap"], left.Select(message => message.GetProperty("type").GetString()!));
        Assert.Equal([1, 3], new[] { left[0], left[2] }.Select(gap => gap.GetProperty("offset").GetInt64()));
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

    private static Delivery Stored(string channel, int offset, int length = 200)
    {
        var room = ChannelName.RoomOf(channel);
        var text = $$"""{"type":"room","id":"i","room":"{{room}}","from":"a","data":"{{new string('x', length)}}"}""";
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
