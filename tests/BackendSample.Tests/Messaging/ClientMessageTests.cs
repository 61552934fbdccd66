using System.Buffers;
using System.Text;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Tests.Messaging;

public sealed class ClientMessageTests
{
    [Theory]
    [InlineData("""{"type":"echo"}""")]
    [InlineData(""" { "anything" : [1, {"type":"join"}], "type" : "echo" } """)]
    public void Parse_AnEcho_NeedsNothingElse(string json) =>
        Assert.Equal(ClientMessageKind.Echo, Parse(json).Kind);

    [Fact]
    public void Parse_ADirectMessage_KeepsItsPayloadAsWritten()
    {
        var message = Parse("""{"data": {"a" : [1, 2.50]} ,"type":"direct","to":"b\u00f6b"}""");

        Assert.Equal(ClientMessageKind.Direct, message.Kind);
        Assert.Equal("böb", message.Target);
        Assert.Equal("""{"a" : [1, 2.50]}""", Encoding.UTF8.GetString(message.Payload));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("false")]
    [InlineData("-1.5e3")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    public void Parse_AnyJson_IsAPayload(string payload) =>
        Assert.Equal(payload, Encoding.UTF8.GetString(
            Parse($$"""{"type":"room","room":"r","data":{{payload}}}""").Payload));

    [Theory]
    [InlineData("join", ClientMessageKind.Join)]
    [InlineData("leave", ClientMessageKind.Leave)]
    [InlineData("presence", ClientMessageKind.Presence)]
    public void Parse_JoinAndOthers_NameTheirRoom(string type, object kind)
    {
        var message = Parse($$"""{"type":"{{type}}","room":"r"}""");

        Assert.Equal(kind, message.Kind);
        Assert.Equal("r", message.Target);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("hello", "not valid JSON")]
    [InlineData("""{"type":"echo"}}""", "not valid JSON")]
    [InlineData("""{"type":"echo","more":tru}""", "not valid JSON")]
    [InlineData("""["echo"]""", "expected a JSON object")]
    [InlineData("{}", "'type' is missing")]
    [InlineData("""{"type":7}""", "'type' is missing or not a text")]
    [InlineData("""{"type":"shout"}""", "unknown type 'shout'")]
    [InlineData("""{"type":"direct","data":1}""", "'to' is missing")]
    [InlineData("""{"type":"direct","to":"","data":1}""", "'to' is missing, empty")]
    [InlineData("""{"type":"direct","to":["bob"],"data":1}""", "'to' is missing, empty or not a text")]
    [InlineData("""{"type":"direct","to":"bob"}""", "'data' is missing")]
    [InlineData("""{"type":"room","data":1}""", "'room' is missing")]
    [InlineData("""{"type":"join"}""", "'room' is missing")]
    [InlineData("""{"type":"join","room":"\ud800"}""", "half of a surrogate pair")]
    [InlineData("""{"type":"room","room":"r","data":1,"id":7}""", "'id' is not a text")]
    [InlineData("""{"type":"room","room":"r","data":1,"id":""}""", "'id' is not a text of 1 to 128 characters")]
    [InlineData("""{"type":"join","room":"r","since":7}""", "'since' is neither null nor a position")]
    [InlineData("""{"type":"join","room":"r","since":[]}""", "'since' is neither null nor a position")]
    [InlineData("""{"type":"join","room":"r","since":{}}""", "'since' is neither null nor a position")]
    [InlineData("""{"type":"join","room":"r","since":{"epoch":"e","offset":-1}}""", "'since' is neither")]
    [InlineData("""{"type":"join","room":"r","since":{"epoch":"e","offset":1.5}}""", "'since' is neither")]
    [InlineData("""{"type":"join","room":"r","since":{"epoch":"","offset":1}}""", "'since' is neither")]
    [InlineData("""{"type":"typing"}""", "'room' is missing")]
    [InlineData("""{"type":"history"}""", "'room' is missing")]
    [InlineData("""{"type":"history","room":"r","before":0}""", "'before' is not an offset")]
    [InlineData("""{"type":"history","room":"r","before":-5}""", "'before' is not an offset")]
    [InlineData("""{"type":"history","room":"r","before":1.5}""", "'before' is not an offset")]
    [InlineData("""{"type":"history","room":"r","before":{"a":1}}""", "'before' is not an offset")]
    [InlineData("""{"type":"history","room":"r","limit":0}""", "'limit' is not a whole number from 1 to 100")]
    [InlineData("""{"type":"history","room":"r","limit":101}""", "'limit' is not a whole number from 1 to 100")]
    [InlineData("""{"type":"history","room":"r","limit":"5"}""", "'limit' is not a whole number from 1 to 100")]
    [InlineData("""{"type":"search","room":"r"}""", "'text' is missing, empty or not a text")]
    [InlineData("""{"type":"search","room":"r","text":""}""", "'text' is missing, empty or not a text")]
    [InlineData("""{"type":"search","room":"r","text":["x"]}""", "'text' is missing, empty or not a text")]
    public void Parse_OfAnInvalidMessage_ReturnsTheReason(string json, string reason)
    {
        var message = Parse(json);

        Assert.Equal(ClientMessageKind.Invalid, message.Kind);
        Assert.Contains(reason, message.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OfASearch_LimitsTheText()
    {
        Assert.Equal(new MessageQuery(7, 50, new string('x', 256)), Parse(Search(256)).Query);
        Assert.Equal("'text' is longer than 256 characters", Parse(Search(257)).Reason);

        static string Search(int length) =>
            $$"""{"type":"search","room":"r","before":7,"limit":null,"text":"{{new string('x', length)}}"}""";
    }

    [Fact]
    public void Parse_ReadsIdAndPosition_WithUnknownFieldsBetween()
    {
        var message = Parse(
            """{"since":{"x":[1],"offset":12,"epoch":"5b0f"},"id":"m1","later":{},"type":"join","room":"r"}""");

        Assert.Equal((ClientMessageKind.Join, "m1"), (message.Kind, message.Id));
        Assert.Equal(new ChannelPosition("5b0f", 12), message.Recovery!.Since);
    }

    [Fact]
    public void Parse_OfAJoin_DistinguishesNoPositionFromNone()
    {
        Assert.Null(Parse("""{"type":"join","room":"r"}""").Recovery);
        Assert.Null(Parse("""{"type":"join","room":"r","since":null}""").Recovery!.Since);
    }

    [Fact]
    public void Parse_OfAnInvalidMessageWithAnId_KeepsTheIdForTheAnswer() =>
        Assert.Equal("m1", Parse("""{"type":"shout","id":"m1"}""").Id);

    [Theory]
    [InlineData("5b0f:12", "5b0f", 12)]
    [InlineData("a:b:0", "a:b", 0)]
    public void APosition_IsReadAsItIsWritten(string text, string epoch, long offset)
    {
        var position = ChannelPosition.Parse(text);

        Assert.Equal(new ChannelPosition(epoch, offset), position);
        Assert.Equal(text, position.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("5b0f")]
    [InlineData(":1")]
    [InlineData("e:")]
    [InlineData("e:-1")]
    [InlineData("e:1x")]
    [InlineData("e:99999999999999999999")]
    public void ATextThatIsNoPosition_IsNotRead(string text) => Assert.Null(ChannelPosition.Parse(text));

    [Theory]
    [InlineData(ClientMessage.MaxRoomLength, ClientMessageKind.Join)]
    [InlineData(ClientMessage.MaxRoomLength + 1, ClientMessageKind.Invalid)]
    public void Parse_ALongRoomName_IsBounded(int length, object kind) =>
        Assert.Equal(kind, Parse($$"""{"type":"join","room":"{{new string('r', length)}}"}""").Kind);

    private static ClientMessage Parse(string json) =>
        ClientMessage.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)));
}
