using System.Text;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Tests.Channels;

public sealed class ChannelFrameTests
{
    private const string Message = """{"data":1}""";

    [Fact]
    public void AStoredMessage_IsReadWithItsPosition()
    {
        var position = new ChannelPosition("5b0f:ö", 7);

        var frame = ChannelFrame.Parse(ChannelFrame.Stored(position, Encoding.UTF8.GetBytes(Message)));

        Assert.Equal((position, Message, false), (frame.Position, Text(frame), frame.IsEphemeral));
    }

    [Fact]
    public void AnEphemeralMessage_IsReadWithItsMark()
    {
        var frame = ChannelFrame.Parse(ChannelFrame.Ephemeral(Encoding.UTF8.GetBytes(Message)));

        Assert.Equal((null, Message, true), (frame.Position, Text(frame), frame.IsEphemeral));
    }

    [Fact]
    public void ANotice_IsReadWithItsMark_AndTheOriginBeforeIt()
    {
        var origin = NodeOrigin.Create();
        var notice = ChannelFrame.Presence(Encoding.UTF8.GetBytes(Message));

        var frame = ChannelFrame.Parse(ChannelFrame.Of(origin, notice));

        Assert.Equal((origin, Message, true), (frame.Origin, Text(frame), frame.IsPresence));
        Assert.Null(ChannelFrame.Parse(notice).Origin);
    }

    [Fact]
    public void OriginsWithoutEnd_AreAPlainMessage_AfterTheFirst()
    {
        var origins = new byte[1_000_000];
        Array.Fill(origins, ChannelFrame.OriginMark);

        var frame = ChannelFrame.Parse(origins);

        Assert.NotNull(frame.Origin);
        Assert.Equal(origins.Length - ChannelFrame.OriginLength, frame.Message.Length);
    }

    [Theory]
    [InlineData("""{"data":1}""")]
    [InlineData("")]
    [InlineData("\u0001e:7")]
    [InlineData("\u0001\n{}")]
    [InlineData("\u0001e\n{}")]
    [InlineData("\u0001e:-7\n{}")]
    [InlineData("\u0001e:7x\n{}")]
    [InlineData("\u0001e:99999999999999999999\n{}")]
    [InlineData("\u0001e:7\n")]
    [InlineData("\u0001e:7\nno object")]
    public void OtherBytes_AreAPlainMessage(string bytes) =>
        Assert.Equal((null, bytes), Parts(ChannelFrame.Parse(Encoding.UTF8.GetBytes(bytes))));

    [Fact]
    public void APrefixWithoutEnd_IsAPlainMessage()
    {
        var bytes = $"\u0001{new string('e', 100_000)}:7\n{{}}";

        Assert.Equal((null, bytes), Parts(ChannelFrame.Parse(Encoding.UTF8.GetBytes(bytes))));
    }

    private static (ChannelPosition? Position, string Text) Parts(ChannelFrame frame) => (frame.Position, Text(frame));

    private static string Text(ChannelFrame frame) => Encoding.UTF8.GetString(frame.Message.Span);
}
