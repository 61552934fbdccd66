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
    public void Parse_JoinAndLeave_NameTheirRoom(string type, object kind)
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
    public void Parse_OfAnInvalidMessage_ReturnsTheReason(string json, string reason)
    {
        var message = Parse(json);

        Assert.Equal(ClientMessageKind.Invalid, message.Kind);
        Assert.Contains(reason, message.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ClientMessage.MaxRoomLength, ClientMessageKind.Join)]
    [InlineData(ClientMessage.MaxRoomLength + 1, ClientMessageKind.Invalid)]
    public void Parse_ALongRoomName_IsBounded(int length, object kind) =>
        Assert.Equal(kind, Parse($$"""{"type":"join","room":"{{new string('r', length)}}"}""").Kind);

    private static ClientMessage Parse(string json) =>
        ClientMessage.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)));
}
