using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Uring;

/// <summary>Passes on what comes, however much of it the other does not take, and then does something.</summary>
internal class Passing(LoopSocket to, Action? then = null) : ISocketHandler
{
    public virtual void Received(ReadOnlySpan<byte> bytes)
    {
        to.Send(bytes);
        then?.Invoke();
    }

    public void Writable()
    {
        // Nobody waits for that.
    }

    public void Ended()
    {
        // Nor for that.
    }

    public void Failed(int error)
    {
        // Nor for that.
    }
}
