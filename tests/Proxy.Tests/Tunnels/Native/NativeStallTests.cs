using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>Peers that receive nothing of what they are sent.</summary>
public sealed class NativeStallTests
{
    private static readonly TunnelOptions Options = new();
    private static readonly byte[][] Flood = [.. Enumerable.Repeat(TestFrame.Of(2, new byte[60_000]), 300)];

    public static TheoryData<string, bool> Sides
    {
        get
        {
            var sides = new TheoryData<string, bool>();
            foreach (var row in new Engines())
            {
                sides.Add(row.Data, true);
                sides.Add(row.Data, false);
            }

            return sides;
        }
    }

    [Theory]
    [MemberData(nameof(Sides))]
    public async Task Peer_ThatTakesNothingForTheSendTimeout_EndsItsTunnel(string engine, bool isClient)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        _ = (isClient ? bed.Node : bed.Client).SendAsync(Flood);
        await bed.UntilHeldUpAsync(both => isClient ? both.ForClient : both.ForNode);

        await bed.AdvanceAsync(Options.SendTimeout!.Value);
        Assert.False(await bed.Loop.OnLoop(bed.Tunnel.EndIfStalled));
        await bed.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.True(bed.Tunnel.IsStalled);
        Assert.True(await bed.Loop.OnLoop(bed.Tunnel.EndIfStalled));

        // The peer receives neither the Close frame nor the rest.
        await bed.AdvanceAsync(Options.CloseTimeout);
        await bed.AdvanceAsync(TimeSpan.FromSeconds(1));
        await bed.UntilOver();
        await bed.AdvanceAsync(Options.CloseTimeout);
        Assert.Equal(TunnelEnd.SendTimeout, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Client_ThatTakesALittle_KeepsItsTunnel(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        _ = bed.Node.SendAsync(Flood);
        await bed.UntilHeldUpAsync(both => both.ForClient);
        await bed.AdvanceAsync(Options.SendTimeout!.Value - TimeSpan.FromSeconds(1));

        // The client must free more than the kernel's buffers before the balancer sends again.
        while (await bed.Loop.OnLoop(() => bed.Tunnel.Flow.Client.SendStalledFor) > TimeSpan.Zero)
        {
            await bed.Client.ReadAsync(4_000);
        }

        await bed.AdvanceAsync(Options.SendTimeout.Value - TimeSpan.FromSeconds(1));
        Assert.False(await bed.Loop.OnLoop(bed.Tunnel.EndIfStalled));
        Assert.Empty(bed.Ends);
    }

    [Theory]
    [MemberData(nameof(Sides))]
    public async Task Peer_ThatTakesNothing_WhileTheOtherHasFinished_EndsItsTunnelAfterTheCloseTimeout(
        string engine, bool isClient)
    {
        await using var bed = await NativeBed.PrepareAsync(engine, maxBuffered: 16 * 1024);
        await bed.Loop.OnLoop(bed.Flow.Start);
        var sender = isClient ? bed.Node : bed.Client;
        var leg = isClient ? bed.Tunnel.Flow.Client : bed.Tunnel.Flow.Node;
        while (await bed.Loop.OnLoop(() => leg.Buffered) == 0)
        {
            await sender.SendAsync(TestFrame.Of(2, new byte[2_000]));
        }

        // The FIN is behind bytes that the balancer does not read. A sender whose window is full cannot send it.
        sender.Finish();
        await bed.AdvanceAsync(Options.CloseTimeout);
        Assert.False(await bed.Loop.OnLoop(bed.Tunnel.EndIfStalled));
        await bed.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        await Deadline.Until("the FIN has arrived", () => bed.Loop.OnLoop(bed.Tunnel.EndIfStalled));

        await bed.UntilOver();
        await bed.AdvanceAsync(Options.CloseTimeout);
        Assert.Equal(isClient ? TunnelEnd.NodeLost : TunnelEnd.ClientLost, await bed.EndAsync());
    }

    [Theory]
    [MemberData(nameof(Sides))]
    public async Task Reset_OfATunnelWhosePeerTakesNothing_FreesItsMemoryAtOnce(string engine, bool isClient)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        _ = (isClient ? bed.Node : bed.Client).SendAsync(Flood);
        await bed.UntilHeldUpAsync(both => isClient ? both.ForClient : both.ForNode);
        Assert.NotEqual(0, bed.Tunnel.Buffered);

        bed.Flow.Run(static tunnel => tunnel.Reset(TunnelEnd.Memory));

        await bed.UntilOver();
        await Deadline.Until("its memory is free", () => bed.Tunnel.Buffered == 0);
        await bed.AdvanceAsync(Options.CloseTimeout);
        Assert.Equal(TunnelEnd.Memory, await bed.EndAsync());
    }
}
