using System.Text.Json;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.Tests.Tunnels;

namespace WsBalancer.Proxy.Tests.Framing;

public sealed class FrameStateTests
{
    // The frame is masked, so that its code can be read only with the saved part of the mask.
    private static readonly byte[] MaskedClose = CloseFrame.Create(4001, "bye", mask: 0x12345678);

    [Fact]
    public void Restore_AtEveryByte_ContinuesAsTheWhole()
    {
        byte[] bytes = [.. TestFrame.Binary(5), .. TestFrame.Binary(300), .. MaskedClose, .. TestFrame.Binary(3)];
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var whole = new FrameTracker();
            var first = new FrameTracker();
            first.Advance(bytes.AsSpan(0, cut));
            var restored = FrameTracker.Restore(Reread(first.Save()));
            Assert.Equal(Known(first), Known(restored));

            whole.Advance(bytes);
            restored.Advance(bytes.AsSpan(cut));

            Assert.Equal(Known(whole), Known(restored));
            Assert.Equal((4, 4001), (restored.FrameCount, restored.CloseCode));
        }
    }

    [Fact]
    public void Restore_OfOneThatIsLost_IsLost()
    {
        var lost = new FrameTracker();
        lost.Advance([0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0]);

        Assert.True(FrameTracker.Restore(Reread(lost.Save())).BoundariesUnknown);
    }

    [Fact]
    public void Restore_OfAHeaderThatWouldBeComplete_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => FrameTracker.Restore(new FrameState(0, new byte[FrameHeader.MaxLength], 0, false, null)));

    private static (long, bool, bool, bool, bool, int?) Known(FrameTracker tracker) => (
        tracker.FrameCount,
        tracker.AtBoundary,
        tracker.CloseSeen,
        tracker.CloseEnded,
        tracker.BoundariesUnknown,
        tracker.CloseCode);

    private static FrameState Reread(FrameState state) =>
        JsonSerializer.Deserialize<FrameState>(JsonSerializer.Serialize(state))!;
}
