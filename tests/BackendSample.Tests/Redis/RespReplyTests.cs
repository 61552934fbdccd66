using System.Buffers;
using System.Text;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Tests.Redis;

public sealed class RespReplyTests
{
    private const string Message = "*3\r\n$7\r\nmessage\r\n$6\r\nroom:r\r\n$5\r\na\r\nb!\r\n";

    [Fact]
    public void AMessage_IsReadWithItsChannelAndItsBytes()
    {
        var reply = Assert.Single(Read(Message));

        Assert.Equal(RespReplyKind.Message, reply.Kind);
        Assert.Equal("room:r", reply.Channel);
        Assert.Equal("a\r\nb!", reply.Payload);
    }

    [Theory]
    [InlineData("+OK\r\n", (int)RespReplyKind.Accepted)]
    [InlineData("*2\r\n$4\r\npong\r\n$0\r\n\r\n", (int)RespReplyKind.Accepted)]
    [InlineData("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n", (int)RespReplyKind.Accepted)]
    [InlineData("*3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:0\r\n", (int)RespReplyKind.Accepted)]
    [InlineData("*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n", (int)RespReplyKind.Accepted)]
    [InlineData("*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$1\r\nx\r\n", (int)RespReplyKind.Other)]
    [InlineData("-NOPERM no\r\n", (int)RespReplyKind.Error)]
    public void OtherReplies_AreRecognised(string bytes, int kind) =>
        Assert.Equal((RespReplyKind)kind, Assert.Single(Read(bytes)).Kind);

    [Fact]
    public void Replies_AreReadTheSame_WhereverTheirBytesAreSplit()
    {
        const string Bytes = Message + "+PONG\r\n" + Message;
        for (var split = 0; split <= Bytes.Length; split++)
        {
            var first = new Segment(Encoding.UTF8.GetBytes(Bytes[..split]));
            var last = first.Append(Encoding.UTF8.GetBytes(Bytes[split..]));
            var replies = Read(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length));

            Assert.Equal(
                [RespReplyKind.Message, RespReplyKind.Accepted, RespReplyKind.Message],
                replies.Select(reply => reply.Kind));
            Assert.All(replies.Where(reply => reply.Kind is RespReplyKind.Message), reply =>
                Assert.Equal(("room:r", "a\r\nb!"), (reply.Channel, reply.Payload)));
        }
    }

    [Fact]
    public void AnIncompleteReply_IsNotRead()
    {
        for (var length = 0; length < Message.Length; length++)
        {
            Assert.Empty(Read(Message[..length]));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("*1000000\r\n")]
    [InlineData("*4294967299\r\n")]
    [InlineData("*x\r\n")]
    [InlineData("*3\r\n$-7\r\n")]
    [InlineData("*3\r\n$9223372036854775807\r\n")]
    [InlineData("*3\r\n%1\r\n")]
    [InlineData("\r\n")]
    public void BytesOfAnotherProtocol_AreRejected(string bytes) =>
        Assert.Throws<InvalidDataException>(() => Read(bytes));

    private static List<(RespReplyKind Kind, string Channel, string Payload)> Read(string bytes) =>
        Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(bytes)));

    private static List<(RespReplyKind Kind, string Channel, string Payload)> Read(ReadOnlySequence<byte> bytes)
    {
        var replies = new List<(RespReplyKind, string, string)>();
        var reader = new SequenceReader<byte>(bytes);
        while (RespReply.TryRead(ref reader, out var reply))
        {
            replies.Add((reply.Kind, Encoding.UTF8.GetString(reply.Channel), Encoding.UTF8.GetString(reply.Payload)));
        }

        return replies;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes) => Memory = bytes;

        public Segment Append(byte[] bytes)
        {
            var next = new Segment(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
