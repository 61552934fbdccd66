using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Uring;

/// <summary>Sends all received bytes to another socket, without back pressure, and then runs an action.</summary>
internal class Passing(LoopSocket to, Action? then = null) : ISocketHandler
{
    public virtual void Received(ReadOnlySpan<byte> bytes)
    {
        to.Send(bytes);
        then?.Invoke();
    }

    public void Writable()
    {
        // The test does not need this event.
    }

    public void Ended()
    {
        // The test does not need this event.
    }

    public void Failed(int error)
    {
        // The test does not need this event.
    }
}
