using WsBalancer.LoadTest.Compare;
using WsBalancer.LoadTest.Echo;

namespace WsBalancer.LoadTest.Tests.Echo;

public sealed class FrameEchoTests
{
    // The smallest and the largest length of each of the three encodings of a frame's length.
    [Theory]
    [InlineData(8)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void Transform_OfAPreframedMessage_IsTheEchoItExpects(int size)
    {
        var message = new PreframedMessage(7, size);
        var echo = new FrameEcho();

        Assert.Equal(message.Echo, Transform(echo, message.Frame, message.Frame.Length));
        message.Next();
        Assert.Equal(message.Echo, Transform(echo, message.Frame, message.Frame.Length));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(13)]
    public void Transform_WhereverTheInputIsCut_IsTheSame(int piece)
    {
        var first = new PreframedMessage(1, 126);
        var second = new PreframedMessage(2, 9);

        var output = Transform(new FrameEcho(), [.. first.Frame, .. second.Frame, .. first.Frame], piece);

        Assert.Equal([.. first.Echo, .. second.Echo, .. first.Echo], output);
    }

    [Fact]
    public void Transform_OfAPing_IsAPong() =>
        Assert.Equal([0x8A, 1, 5], Transform(new FrameEcho(), PreframedMessage.MaskedFrame([0x89, 1, 5], 2), 1));

    [Fact]
    public void Transform_OfAnEmptyFrame_IsAnEmptyFrame()
    {
        var empty = PreframedMessage.MaskedFrame([0x81, 0], 2);

        Assert.Equal([0x81, 0, 0x81, 0], Transform(new FrameEcho(), [.. empty, .. empty], 100));
    }

    [Fact]
    public void Transform_OfAClose_AnswersItAndEnds()
    {
        var close = PreframedMessage.MaskedFrame([0x88, 2, 3, 0xE8], 2);
        var echo = new FrameEcho();

        Assert.Equal([0x88, 2, 3, 0xE8], Transform(echo, [.. close, .. close], 100));
        Assert.True(echo.IsClosed);
    }

    [Fact]
    public void Next_ChangesWhatIsSent()
    {
        var message = new PreframedMessage(1, 64);
        var before = message.Frame.ToArray();

        message.Next();

        Assert.NotEqual(before, message.Frame);
    }

    private static List<byte> Transform(FrameEcho echo, byte[] input, int piece)
    {
        var all = new List<byte>();
        var output = new byte[piece + FrameEcho.MaxAdded];
        foreach (var part in input.Chunk(piece))
        {
            all.AddRange(output.AsSpan(0, echo.Transform(part, output)));
        }

        return all;
    }
}
