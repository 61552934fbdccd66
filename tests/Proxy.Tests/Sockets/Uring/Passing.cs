using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Uring;

/// <summary>Sends all received bytes to another socket, without back pressure, and then runs an action.</summary>
internal class Passing(LoopSocket to, Action? then = null) : ISocketHandler
{
    public virtual void OnReceived(ReadOnlySpan<byte> bytes)
    {
        to.Send(bytes);
        then?.Invoke();
    }

    public void OnWritable()
    {
        // The test does not need this event.
    }

    public void OnEof()
    {
        // The test does not need this event.
    }

    public void OnError(int error)
    {
        // The test does not need this event.
    }
}
