using System.Net.Sockets;

namespace WsBalancer.Proxy.Tests.Placement.Native;

/// <summary>A peer that sends as fast as possible.</summary>
internal sealed class Flood
{
    private readonly int _length;
    private int _sent;

    public Flood(Socket socket, int length)
    {
        _length = length;
        _ = SendAsync(socket);
    }

    /// <summary>Waits until the flood blocks, and fails if all bytes were sent.</summary>
    public async Task UntilItIsHeldUp()
    {
        // Many checks without a change: the buffers on the way are full.
        var (last, unchanged) = (-1, 0);
        await Deadline.Until("it is held up", () =>
        {
            var sent = Volatile.Read(ref _sent);
            unchanged = sent == last ? unchanged + 1 : 0;
            last = sent;
            return unchanged == 40;
        });

        Assert.InRange(last, 1, _length - 1);
    }

    private async Task SendAsync(Socket socket)
    {
        var bytes = new byte[100_000];
        while (_sent < _length)
        {
            var part = Math.Min(bytes.Length, _length - _sent);
            var sent = await socket.SendAsync(bytes.AsMemory(0, part), TestContext.Current.CancellationToken);
            Volatile.Write(ref _sent, _sent + sent);
        }
    }
}
