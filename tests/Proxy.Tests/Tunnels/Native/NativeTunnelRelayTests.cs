using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>A native tunnel relays all bytes in order, and never buffers more than its limit.</summary>
public sealed class NativeTunnelRelayTests
{
    [Theory]
    [ClassData<Engines>]
    public async Task BothWaysAtOnce_EveryByteArrives_AndIsCounted(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        var down = RandomFrames(1, 3_000_000);
        var up = RandomFrames(2, 2_000_000);

        var sending = Task.WhenAll(bed.Node.SendAsync(down.Bytes), bed.Client.SendAsync(up.Bytes));
        var received = await Task.WhenAll(bed.Client.ReadAsync(down.Bytes.Length), bed.Node.ReadAsync(up.Bytes.Length));
        await sending;

        Assert.Equal(down.Bytes, received[0]);
        Assert.Equal(up.Bytes, received[1]);
        var counted = new TunnelTraffic(up.Bytes.Length, down.Bytes.Length, up.Frames, down.Frames);
        Assert.Equal(counted, await bed.TrafficAsync());
        var account = bed.Tunnel.Ledger.Read();
        Assert.Equal(
            counted,
            new TunnelTraffic(
                account.BytesFromClients, account.BytesFromNode, account.FramesFromClients, account.FramesFromNode));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task BytesOfASide_EndItsIdleTime(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        await bed.AdvanceAsync(TimeSpan.FromSeconds(10));

        await bed.Node.SendAsync(TestFrame.Binary(1));
        await bed.Client.ReadAsync(3);
        await bed.AdvanceAsync(TimeSpan.FromSeconds(5));

        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(5)), bed.Tunnel.IdleFor);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task BytesReceivedBeforeTheStart_AreRelayedFirst(string engine)
    {
        await using var bed = await NativeBed.PrepareAsync(
            engine, clientUnread: TestFrame.Binary(10)[..7], nodeUnread: TestFrame.Binary(20));
        await bed.Client.SendAsync(TestFrame.Binary(10)[7..]);
        await bed.Node.SendAsync(TestFrame.Binary(30));

        await bed.Loop.OnLoop(bed.Flow.Start);

        await bed.Node.ReadsAsync(TestFrame.Binary(10));
        await bed.Client.ReadsAsync([.. TestFrame.Binary(20), .. TestFrame.Binary(30)]);
        var traffic = await bed.TrafficAsync();
        Assert.Equal((1, 2), (traffic.FramesFromClient, traffic.FramesFromNode));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task EndBeforeTheStart_FollowsTheBytesOfItsSide(string engine)
    {
        foreach (var (clientEnded, nodeEnded, end) in ((bool, bool, TunnelEnd)[])
            [(true, false, TunnelEnd.ClientLost), (false, true, TunnelEnd.NodeLost), (true, true, TunnelEnd.NodeLost)])
        {
            await using var bed = await NativeBed.PrepareAsync(
                engine, TestFrame.Binary(10), TestFrame.Binary(20), clientEnded, nodeEnded);

            await bed.Loop.OnLoop(bed.Flow.Start);
            await bed.Node.EndsAfterAsync(TestFrame.Binary(10));
            bed.Node.Finish();
            await bed.Client.EndsAfterAsync(TestFrame.Binary(20));
            bed.Client.Finish();

            Assert.Equal(end, await bed.EndAsync());
        }
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ASlowClient_HoldsItsNodeUp_AndNoMoreIsKeptThanAllowed(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        var payload = RandomFrames(3, 4_000_000).Bytes;

        var flood = bed.Node.SendAsync(payload);
        var most = await bed.UntilHeldUpAsync(both => both.ForClient);

        Assert.InRange(most, 1, NativeBed.MaxBuffered / 2);
        await bed.Client.ReadsAsync(payload);
        await flood;
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ASlowNode_HoldsItsClientUp_AndNoMoreIsKeptThanAllowed(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        var payload = RandomFrames(4, 4_000_000).Bytes;

        var flood = bed.Client.SendAsync(payload);
        var most = await bed.UntilHeldUpAsync(both => both.ForNode);

        Assert.InRange(most, 1, NativeBed.MaxBuffered / 2);

        // The other direction is not blocked.
        await bed.Node.SendAsync(TestFrame.Binary(100));
        await bed.Client.ReadsAsync(TestFrame.Binary(100));
        await bed.Node.ReadsAsync(payload);
        await flood;
    }

    // The limit is smaller than one receive: the effective limit is the size of one receive.
    [Theory]
    [ClassData<Engines>]
    public async Task ASmallBound_IsThatOfOneReceive(string engine)
    {
        await using var bed = await NativeBed.PrepareAsync(engine, maxBuffered: 16 * 1024);
        await bed.Loop.OnLoop(bed.Flow.Start);
        var payload = RandomFrames(5, 1_000_000).Bytes;

        var flood = bed.Node.SendAsync(payload);
        var most = await bed.UntilHeldUpAsync(both => both.ForClient);

        Assert.InRange(most, 1, EventLoop.LargestReceive);
        await bed.Client.ReadsAsync(payload);
        await flood;
    }

    [Fact]
    public async Task SocketsOfTwoLoops_AreRefused()
    {
        using var one = Engines.Start("epoll");
        using var other = Engines.Start("epoll");
        using var client = await Peer.ConnectAsync();
        using var node = await Peer.ConnectAsync();
        await using var bed = await NativeBed.PrepareAsync("epoll");
        var ofOne = await one.OnLoop(() => one.Adopt(client.Descriptor, NativeBed.NoHandler));
        var ofOther = await other.OnLoop(() => other.Adopt(node.Descriptor, NativeBed.NoHandler));

        Assert.Throws<ArgumentException>(() => new NativeTunnel(
            bed.Terms,
            new DetachedSocket(ofOne, default, false),
            new DetachedSocket(ofOther, default, false),
            NativeBed.MaxBuffered,
            _ => { }));

        await one.OnLoop(ofOne.Close);
        await other.OnLoop(ofOther.Close);
    }

    private static (byte[] Bytes, int Frames) RandomFrames(int seed, int length)
    {
        var random = new Random(seed);
        var bytes = new List<byte>(length);
        var frames = 0;
        for (; bytes.Count < length; frames++)
        {
            var payload = new byte[random.Next(random.Next(2) == 0 ? 200 : 65_000)];
            random.NextBytes(payload);
            bytes.AddRange(TestFrame.Of(2, payload));
        }

        return ([.. bytes], frames);
    }
}
