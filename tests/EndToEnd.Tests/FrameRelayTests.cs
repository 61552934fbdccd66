using System.Text;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>A tunnel neither repairs nor damages frames: each end receives what the other end sent.</summary>
public sealed class FrameRelayTests(OneNode shared) : IClassFixture<OneNode>
{
    private static readonly Opcode[] Opcodes = [Opcode.Text, Opcode.Binary, Opcode.Ping, Opcode.Pong];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(1_048_576)]
    [InlineData(16_777_216)]
    public async Task AFrame_OfAnySize_IsRelayedBothWays(int size)
    {
        await using var tunnel = await HeldTunnel.Open(shared);
        var frame = Frame.Binary(Noise(size, seed: size));

        await tunnel.AssertRelayed(frame.Masked().ToBytes(), frame.ToBytes());
    }

    [Fact]
    public async Task Fragments_WithControlFramesBetween_AreRelayedBothWays()
    {
        await using var tunnel = await HeldTunnel.Open(shared);
        Frame[] message =
        [
            new(Opcode.Text, [0xC3]) { Final = false },
            Frame.Ping("between"),
            new(Opcode.Continuation, [0xA4]) { Final = false },
            Frame.Pong([1, 2, 3]),
            new(Opcode.Continuation, []),
        ];

        await tunnel.AssertRelayed(Masked(message), Plain(message));
    }

    // These frames violate RFC 6455, but the tunnel relays them: the two ends may have negotiated an extension.
    [Theory]
    [InlineData("83-80-01-02-03-04")]
    [InlineData("C1-81-01-02-03-04-05")]
    [InlineData("81-FE-00-01-01-02-03-04-05")]
    [InlineData("81-FF-00-00-00-00-00-00-00-01-01-02-03-04-05")]
    [InlineData("89-FE-00-80-01-02-03-04")]
    [InlineData("81-01-41")]
    public async Task AnOddFrame_IsRelayedAsItIs(string hex)
    {
        await using var tunnel = await HeldTunnel.Open(shared);
        var bytes = Convert.FromHexString(hex.Replace("-", "", StringComparison.Ordinal));

        await tunnel.AssertRelayed(bytes, bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task AStreamOfFrames_CutAnywhere_IsRelayedBothWays(int seed)
    {
        await using var tunnel = await HeldTunnel.Open(shared);
        var random = new Random(seed);
        var frames = Enumerable.Range(0, 300).Select(_ => AnyFrame(random)).ToArray();

        await tunnel.AssertRelayed(Masked(frames), Plain(frames), random);
    }

    // A node may send at once: its first frame can share a packet with its 101.
    [Fact]
    public async Task AFrameRightBehindThe101_IsNotLost()
    {
        var balancer = shared.Begin(async connection =>
        {
            var accept = HandshakeKey.Answer(connection.Request["Sec-WebSocket-Key"] ?? "");
            var head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Accept: {accept}\r\n\r\n";
            byte[] packet = [.. Encoding.ASCII.GetBytes(head), .. Frame.Text("early").ToBytes()];
            await connection.Wire.Send(packet);
            await connection.Echo();
        });

        using var client = await balancer.Open("alice");

        Assert.Equal("early", (await client.Read()).PayloadText);
        Assert.Equal(1000, await client.Close());
    }

    private static Frame AnyFrame(Random random)
    {
        var opcode = Opcodes[random.Next(Opcodes.Length)];
        var longest = opcode is Opcode.Ping or Opcode.Pong ? 126 : random.Next(4) == 0 ? 100_000 : 300;

        return new Frame(opcode, Noise(random.Next(longest), random.Next())) { Final = random.Next(3) > 0 };
    }

    private static byte[] Noise(int size, int seed)
    {
        var noise = new byte[size];
        new Random(seed).NextBytes(noise);
        return noise;
    }

    private static byte[] Masked(Frame[] frames) => [.. frames.SelectMany(frame => frame.Masked().ToBytes())];

    private static byte[] Plain(Frame[] frames) => [.. frames.SelectMany(frame => frame.ToBytes())];
}
