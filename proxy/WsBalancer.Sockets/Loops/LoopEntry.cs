using System.Runtime.CompilerServices;

namespace WsBalancer.Sockets.Loops;

/// <summary>
/// The awaitable of <see cref="EventLoop.Enter"/>: on the loop's thread, the method continues at once; from any other
/// thread, the rest of the method is posted to the loop.
/// </summary>
internal readonly struct LoopEntry(EventLoop loop) : ICriticalNotifyCompletion
{
    public bool IsCompleted => loop.IsCurrent;

    public LoopEntry GetAwaiter() => this;

    public void GetResult()
    {
        // No result: the await only switches to the loop's thread.
    }

    // An async method calls UnsafeOnCompleted, and restores its own execution context.
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) => loop.Post(continuation);
}
