using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Tests.Load;

public sealed class PayloadTests
{
    private const long LargestSequence = (1L << 53) - 1;

    [Theory]
    [InlineData(0)]
    [InlineData(1_048_577)]
    [InlineData(LargestSequence)]
    public void Write_AsText_IsJsonOfExactlyTheSize(long sequence)
    {
        var message = Write(Payload.SmallestText, isBinary: false, sequence);

        var json = JsonDocument.Parse(message).RootElement;
        Assert.Equal(47, message.Length);
        Assert.Equal("echo", json.GetProperty("type").GetString());
        Assert.Equal(sequence, json.GetProperty("seq").GetInt64());
    }

    [Theory]
    [InlineData(47, false, LargestSequence)]
    [InlineData(1_000, false, 0)]
    [InlineData(8, true, LargestSequence)]
    [InlineData(1_000, true, 3)]
    public void Read_OfWhatWasWritten_FindsTheSequence(int size, bool isBinary, long sequence)
    {
        var payload = new Payload(size, isBinary);

        var kind = payload.Read(Write(size, isBinary, sequence), payload.Type, out var found);

        Assert.Equal((PayloadKind.Echo, sequence), (kind, found));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_WithAByteChangedMissingOrAdded_IsAltered(bool isBinary)
    {
        var payload = new Payload(64, isBinary);
        var changed = Write(64, isBinary, 5);
        changed[60] ^= 1;
        var whole = Write(64, isBinary, 5);

        Assert.Equal(PayloadKind.Altered, payload.Read(changed, payload.Type, out _));
        Assert.Equal(PayloadKind.Altered, payload.Read(whole.AsSpan(..^1), payload.Type, out _));
        Assert.Equal(PayloadKind.Altered, payload.Read([.. whole, 0], payload.Type, out _));
    }

    [Theory]
    [InlineData("{\"type\":\"welcome\",\"node\":\"ws-1\"}", false)]
    [InlineData("", false)]
    [InlineData("{\"type\":\"welcome\"}", true)]
    public void Read_OfAGreeting_IsOther(string greeting, bool isBinary)
    {
        var kind = new Payload(64, isBinary).Read(Encoding.UTF8.GetBytes(greeting), WebSocketMessageType.Text, out _);

        Assert.Equal(PayloadKind.Other, kind);
    }

    private static byte[] Write(int size, bool isBinary, long sequence)
    {
        var message = new byte[size];
        new Payload(size, isBinary).Write(message, sequence);
        return message;
    }
}
