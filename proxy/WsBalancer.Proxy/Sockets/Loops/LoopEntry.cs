using System.Runtime.CompilerServices;

namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>
/// What awaiting <see cref="EventLoop.Enter"/> does: goes on at once on the loop's thread, and posts the rest of the
/// method to it from any other.
/// </summary>
internal readonly struct LoopEntry(EventLoop loop) : ICriticalNotifyCompletion
{
    public bool IsCompleted => loop.IsCurrent;

    public LoopEntry GetAwaiter() => this;

    public void GetResult()
    {
        // Nothing comes of it but the thread.
    }

    // An async method restores its own execution context, and asks for the call below.
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) =>
        loop.Post(static action => ((Action)action!)(), continuation);
}
