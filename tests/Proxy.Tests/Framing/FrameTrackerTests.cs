using CsCheck;
using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tests.Framing;

public sealed class FrameTrackerTests
{
    private static readonly Gen<SampleFrame[]> Frames = SampleFrame.Any.Array[0, 8];

    [Fact]
    public void Advance_InAnyPieces_EndsAsWithTheWhole() =>
        Gen.Select(Frames, Gen.Int[1, 40].Array[1, 50], Gen.Int[0, 20]).Sample((frames, pieces, cut) =>
        {
            var wire = Wire(frames);
            wire = wire[..^Math.Min(cut, wire.Length)];
            FrameTracker whole = default;
            FrameTracker split = default;

            whole.Advance(wire);
            foreach (var piece in Split(wire, pieces))
            {
                split.Advance(piece);
            }

            Assert.Equal(StateOf(whole), StateOf(split));
        });

    [Fact]
    public void AtBoundary_ByteByByte_IsTrueExactlyWhereFramesEnd() => Frames.Sample(frames =>
    {
        var ends = EndsOf(frames);
        var wire = Wire(frames);
        FrameTracker tracker = default;
        List<int> boundaries = [];

        for (var i = 0; i < wire.Length; i++)
        {
            tracker.Advance(wire.AsSpan(i, 1));
            if (tracker.AtBoundary)
            {
                boundaries.Add(i + 1);
            }
        }

        Assert.Equal(ends, boundaries);
        Assert.Equal(frames.Length, tracker.FrameCount);
    });

    [Fact]
    public void AdvanceToBoundary_OverWholeFrames_StopsAfterEach() => Frames.Sample(frames =>
    {
        var wire = Wire(frames);
        FrameTracker tracker = default;
        List<int> stops = [];

        for (var position = 0; position < wire.Length;)
        {
            position += tracker.AdvanceToBoundary(wire.AsSpan(position));
            stops.Add(position);
        }

        Assert.Equal(EndsOf(frames), stops);
        Assert.True(tracker.AtBoundary);
    });

    [Fact]
    public void AdvanceToBoundary_InAnyPieces_TakesAllUnlessTheFrameEnds() =>
        Gen.Select(Frames, Gen.Int[1, 40].Array[1, 50]).Sample((frames, pieces) =>
        {
            FrameTracker tracker = default;
            var position = 0;
            List<int> stops = [];

            foreach (var piece in Split(Wire(frames), pieces))
            {
                for (var taken = 0; taken < piece.Length;)
                {
                    var count = tracker.AdvanceToBoundary(piece.AsSpan(taken));
                    taken += count;
                    position += count;
                    Assert.True(tracker.AtBoundary || taken == piece.Length);
                    if (tracker.AtBoundary)
                    {
                        stops.Add(position);
                    }
                }
            }

            Assert.Equal(EndsOf(frames), stops);
        });

    [Fact]
    public void CloseCode_InAnyPieces_IsTheFirstCloseFramesOwn() =>
        Gen.Select(Frames, Gen.Int[1, 9].Array[1, 50]).Sample((frames, pieces) =>
        {
            var close = frames.FirstOrDefault(frame => frame.IsClose);
            FrameTracker tracker = default;

            foreach (var piece in Split(Wire(frames), pieces))
            {
                tracker.Advance(piece);
            }

            Assert.Equal(close is not null, tracker.CloseSeen);
            Assert.Equal(close?.Code, tracker.CloseCode);
        });

    [Theory]
    [InlineData(null)]
    [InlineData(0x37FA213Du)]
    public void CloseCode_BeforeItsSecondByte_IsNotKnown(uint? mask)
    {
        var wire = SampleFrame.ClosingWith(1012, mask).ToBytes();
        FrameTracker tracker = default;

        tracker.Advance(wire.AsSpan(..^1));
        Assert.True(tracker.CloseSeen);
        Assert.Null(tracker.CloseCode);
        tracker.Advance(wire.AsSpan(^1..));

        Assert.Equal(1012, tracker.CloseCode);
    }

    [Fact]
    public void Advance_OverNothing_ChangesNothing()
    {
        FrameTracker tracker = default;

        tracker.Advance([]);

        Assert.Equal(0, tracker.AdvanceToBoundary([]));
        Assert.Equal(0, tracker.FrameCount);
        Assert.True(tracker.AtBoundary);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Advance_OverAnImpossibleLength_IsLostForever(int piece)
    {
        byte[] wire = [0x82, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0, .. Wire([new(SampleFrame.Text, [], null, 1)])];
        FrameTracker tracker = default;

        foreach (var part in Split(wire, [piece]))
        {
            tracker.Advance(part);
        }

        Assert.True(tracker.BoundariesUnknown);
        Assert.False(tracker.AtBoundary);
        Assert.Equal(5, tracker.AdvanceToBoundary(new byte[5]));
        Assert.Equal(0, tracker.FrameCount);
    }

    [Fact]
    public void Advance_OverTheLongestPossibleLength_IsNotLost()
    {
        FrameTracker tracker = default;

        tracker.Advance([0x82, 0x7F, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]);

        Assert.False(tracker.BoundariesUnknown);
        Assert.False(tracker.AtBoundary);
    }

    [Fact]
    public void Advance_AllocatesNothing()
    {
        var wire = Wire([SampleFrame.ClosingWith(1001, 7), new(SampleFrame.Text, new byte[300], 9, 2)]);
        FrameTracker tracker = default;
        tracker.Advance(wire);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            tracker.Advance(wire.AsSpan(0, i % wire.Length));
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static byte[] Wire(SampleFrame[] frames) => [.. frames.SelectMany(frame => frame.ToBytes())];

    private static List<int> EndsOf(SampleFrame[] frames)
    {
        var position = 0;
        return [.. frames.Select(frame => position += frame.ToBytes().Length)];
    }

    private static IEnumerable<byte[]> Split(byte[] wire, int[] pieces)
    {
        var position = 0;
        for (var i = 0; position < wire.Length; i++)
        {
            // Long payloads are split coarsely after a while; only headers must be split everywhere.
            var length = Math.Min(pieces[i % pieces.Length] * (i % 7 == 6 ? 997 : 1), wire.Length - position);
            yield return wire[position..(position + length)];
            position += length;
        }
    }

    private static (bool, long, bool, int?, bool) StateOf(in FrameTracker tracker) =>
        (tracker.AtBoundary, tracker.FrameCount, tracker.CloseSeen, tracker.CloseCode, tracker.BoundariesUnknown);
}
