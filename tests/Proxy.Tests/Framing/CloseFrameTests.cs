using System.Net.WebSockets;
using System.Text;
using CsCheck;
using WsBalancer.Proxy.Framing;

namespace WsBalancer.Proxy.Tests.Framing;

public sealed class CloseFrameTests
{
    [Theory]
    [InlineData(1000, true)]
    [InlineData(1003, true)]
    [InlineData(1007, true)]
    [InlineData(1012, true)]
    [InlineData(1014, true)]
    [InlineData(3000, true)]
    [InlineData(4999, true)]
    [InlineData(0, false)]
    [InlineData(999, false)]
    [InlineData(1004, false)]
    [InlineData(1005, false)]
    [InlineData(1006, false)]
    [InlineData(1015, false)]
    [InlineData(2999, false)]
    [InlineData(5000, false)]
    public void MayBeSent_AllowsWhatTheRegistryAllows(int code, bool allowed)
    {
        var frame = new byte[CloseFrame.MaxLength];

        Assert.Equal(allowed, CloseCode.MayBeSent(code));
        if (!allowed)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => CloseFrame.Write(frame, code, "", mask: null));
        }
    }

    [Fact]
    public void Write_WithoutMask_IsTheFrameOfTheStandard()
    {
        var frame = new byte[CloseFrame.MaxLength];

        var length = CloseFrame.Write(frame, 1012, "bye", mask: null);

        Assert.Equal([0x88, 0x05, 0x03, 0xF4, (byte)'b', (byte)'y', (byte)'e'], frame[..length]);
    }

    [Fact]
    public void Write_WithMask_MasksCodeAndReason()
    {
        var frame = new byte[CloseFrame.MaxLength];

        var length = CloseFrame.Write(frame, 1001, "", mask: 0x01020304);

        Assert.Equal([0x88, 0x82, 1, 2, 3, 4, 0x03 ^ 1, 0xE9 ^ 2], frame[..length]);
    }

    [Theory]
    [InlineData("é", 61)]
    [InlineData("😀", 30)]
    [InlineData("x", 123)]
    public void Write_WithALongReason_CutsItAtACharacter(string character, int expected)
    {
        var frame = new byte[CloseFrame.MaxLength];
        var reason = string.Concat(Enumerable.Repeat(character, 200));

        var length = CloseFrame.Write(frame, 1001, reason, mask: null);

        Assert.Equal(string.Concat(Enumerable.Repeat(character, expected)), Encoding.UTF8.GetString(frame[4..length]));
    }

    [Fact]
    public void Write_IntoTooLittleRoom_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() =>
        CloseFrame.Write(new byte[CloseFrame.MaxLength - 1], 1001, "", mask: null));

    // A third-party peer must be able to read every Close frame, on either side of the tunnel.
    [Fact]
    public Task Write_AnyCodeAndReason_IsUnderstoodByAWebSocketOfThePlatform() =>
        Gen.Select(Gen.Int[1000, 4999].Where(CloseCode.MayBeSent), Gen.String, Gen.UInt.Nullable()).SampleAsync(
            async (code, reason, mask) =>
            {
                var frame = new byte[CloseFrame.MaxLength];
                var length = CloseFrame.Write(frame, code, reason, mask);
                using var stream = new MemoryStream(frame, 0, length);
                using var peer = WebSocket.CreateFromStream(stream, isServer: mask is not null, null, TimeSpan.Zero);

                await peer.ReceiveAsync(new byte[1], CancellationToken.None);

                Assert.Equal(code, (int?)peer.CloseStatus);
                var wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(reason));
                Assert.StartsWith(peer.CloseStatusDescription!, wellFormed, StringComparison.Ordinal);
            });

    [Fact]
    public void Write_Twice_IsTrackedAsTwoFrames()
    {
        var frame = new byte[CloseFrame.MaxLength];
        FrameTracker tracker = default;

        tracker.Advance(frame.AsSpan(0, CloseFrame.Write(frame, 1013, "later", mask: 5)));
        tracker.Advance(frame.AsSpan(0, CloseFrame.Write(frame, 1000, "", mask: null)));

        Assert.Equal((2, true, 1013), (tracker.FrameCount, tracker.AtBoundary, tracker.CloseCode));
    }
}
