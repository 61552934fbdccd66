using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels;

public sealed class LegFramesTests
{
    private const int Seeds = 300;

    private static readonly byte[] Close = TestFrame.Close(1012);

    private LegFrames _frames;

    [Fact]
    public void Close_AtABoundary_IsWrittenNow_AndNothingAfterIt()
    {
        Assert.True(_frames.Close(Close, writing: false));

        Assert.True(_frames.CloseWritten);
        Assert.Equal(0, _frames.Pass(TestFrame.Binary(3), out var frames, out _));
        Assert.Equal(0, frames);
        Assert.Null(_frames.TakeClose());
    }

    [Fact]
    public void Close_WhileBytesAreWritten_FollowsThem()
    {
        _frames.Pass(TestFrame.Binary(3), out _, out _);

        Assert.False(_frames.Close(Close, writing: true));
        Assert.False(_frames.CloseWritten);
        Assert.Same(Close, _frames.TakeClose());
        Assert.Null(_frames.TakeClose());
    }

    [Fact]
    public void Close_InsideAFrameThatIsAClose_IsNeverWritten()
    {
        _frames.Pass(TestFrame.Close(1000).AsSpan(0, 1), out _, out _);

        Assert.False(_frames.Close(Close, writing: false));
        Assert.Equal(3, _frames.Pass(TestFrame.Close(1000).AsSpan(1), out var frames, out var closeSeen));
        Assert.Equal((1, true), (frames, closeSeen));
        Assert.Null(_frames.TakeClose());
        Assert.Equal(0, _frames.Pass(TestFrame.Binary(1), out _, out _));
    }

    [Fact]
    public void Close_OfThePeer_IsSeenOnce_AndWhatFollowsPasses()
    {
        _frames.Pass(TestFrame.Close(1000), out _, out var first);
        var passed = _frames.Pass(TestFrame.Close(1000), out var frames, out var second);

        Assert.Equal((true, false, 4, 1), (first, second, passed, frames));
    }

    [Fact]
    public void Close_WhenFrameBoundariesAreUnknown_IsNeverWritten()
    {
        _frames.Pass([0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0], out _, out _);

        Assert.False(_frames.Close(Close, writing: false));
        Assert.Equal(100, _frames.Pass(new byte[100], out _, out _));
        Assert.Null(_frames.TakeClose());
        Assert.Equal((true, false), (_frames.BoundariesUnknown, _frames.CloseWritten));
    }

    [Fact]
    public void Shut_LetsNothingPass_NorAClose()
    {
        _frames.Pass(TestFrame.Binary(9).AsSpan(0, 4), out _, out _);
        _frames.Close(Close, writing: false);
        _frames.DiscardRest();

        Assert.Equal(0, _frames.Pass(TestFrame.Binary(9).AsSpan(4), out _, out _));
        Assert.Null(_frames.TakeClose());
        Assert.True(_frames.CloseWritten);
    }

    [Fact]
    public void PeerClosed_IsTrueOnceTheWholeFrameHasArrived()
    {
        var close = TestFrame.Close(1000);
        for (var i = 0; i < close.Length; i++)
        {
            Assert.False(_frames.PeerClosed);
            _frames.Pass(close.AsSpan(i, 1), out _, out _);
        }

        Assert.True(_frames.PeerClosed);
    }

    // The balancer's Close replaces that of the peer, whose bytes are dropped and not counted.
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void PeerClosed_IsTrueThoughItsFrameIsDropped(int before)
    {
        var frame = TestFrame.Binary(9);
        _frames.Pass(frame.AsSpan(0, before), out _, out _);
        _frames.Close(Close, writing: false);

        var passed = _frames.Pass(
            (byte[])[.. frame[before..], .. TestFrame.Close(1000)], out var frames, out var closeSeen);

        Assert.Equal(
            (before == 0 ? 0 : frame.Length - before, before == 0 ? 0 : 1, false), (passed, frames, closeSeen));
        Assert.Equal(before == 0 ? null : Close, _frames.TakeClose());
        Assert.True(_frames.PeerClosed);
    }

    // Whatever the frames, however they are split and whenever the balancer closes: whole frames, then the Close.
    [Fact]
    public void Close_AtAnyMoment_FollowsWholeFrames_ForAnyFramesAndAnySplits()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            var frames = Enumerable.Range(0, random.Next(1, 8))
                .Select(_ => TestFrame.Of(random.Next(1, 3), new byte[random.Next(0, 400)], random.Next(2) == 0))
                .ToArray();
            byte[] sent = [.. frames.SelectMany(frame => frame)];
            var position = random.Next(sent.Length + 1);

            var written = Relay(sent, position, random, out var counted);

            var whole = WholeFrames(frames, position);
            Assert.Equal([.. sent[..whole.Bytes], .. Close], written);
            Assert.Equal(whole.Frames, counted);
        }
    }

    private static (int Bytes, int Frames) WholeFrames(byte[][] frames, int position)
    {
        var (bytes, count) = (0, 0);
        for (; bytes < position; count++)
        {
            bytes += frames[count].Length;
        }

        return (bytes, count);
    }

    private static List<byte> Relay(byte[] sent, int position, Random random, out long counted)
    {
        var leg = new LegFrames();
        var written = new List<byte>();
        counted = 0;
        for (var at = 0; at <= sent.Length;)
        {
            if (at == position && leg.Close(Close, writing: false))
            {
                written.AddRange(Close);
            }

            if (at == sent.Length)
            {
                break;
            }

            var end = at < position ? random.Next(at, position) + 1 : random.Next(at, sent.Length) + 1;
            var passed = leg.Pass(sent.AsSpan(at..end), out var frames, out _);
            written.AddRange(sent.AsSpan(at, passed));
            written.AddRange(leg.TakeClose() ?? []);
            counted += frames;
            at = end;
        }

        return written;
    }
}
