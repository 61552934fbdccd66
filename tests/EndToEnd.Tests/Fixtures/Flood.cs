using System.Buffers.Binary;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>
/// A node that sends numbered frames without a pause, more than all buffers between it and the client hold.
/// </summary>
internal sealed class Flood
{
    private const int Frames = 1_000;
    private const int FrameSize = 64_000;

    private int _sent;

    private Flood(NodeConnection node) => Done = Send(node);

    /// <summary>Whether all frames were sent; false if the connection ended first.</summary>
    public Task<bool> Done { get; }

    /// <summary>Begins, and waits until the node can send no more because the client does not read.</summary>
    public static async Task<Flood> Begin(NodeConnection node)
    {
        var flood = new Flood(node);
        var (before, still) = (-1, 0);
        await Deadline.Until("the flood is held up", () =>
        {
            var now = Volatile.Read(ref flood._sent);
            still = now == before ? still + 1 : 0;
            before = now;
            return still > 10;
        });

        Assert.False(flood.Done.IsCompleted, "The buffers on the way took all of it.");
        return flood;
    }

    /// <summary>Reads frames of the flood, each whole and in order, up to the first other one.</summary>
    public static async Task<(int Count, Frame Other)> Read(RawClient client)
    {
        for (var count = 0; ; count++)
        {
            var frame = await client.Read();
            if (frame.Opcode != Opcode.Binary)
            {
                return (count, frame);
            }

            var number = BinaryPrimitives.ReadInt32BigEndian(frame.Payload);
            Assert.Equal((count, FrameSize), (number, frame.Payload.Length));
        }
    }

    private async Task<bool> Send(NodeConnection node)
    {
        var payload = new byte[FrameSize];
        try
        {
            for (; _sent < Frames; Interlocked.Increment(ref _sent))
            {
                BinaryPrimitives.WriteInt32BigEndian(payload, _sent);
                await node.Send(Frame.Binary(payload));
            }

            return true;
        }
        catch (SocketException ended)
            when (ended.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return false;
        }
    }
}
