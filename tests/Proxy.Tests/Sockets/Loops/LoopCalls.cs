using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>
/// Runs a test's operations on sockets on the thread of their loop, and the rest of the test on other threads.
/// </summary>
internal static class LoopCalls
{
    public static Task OnLoop(this EventLoop loop, Action action) => loop.OnLoop(() =>
    {
        action();
        return 0;
    });

    /// <summary>Runs the function, and blocks the current thread until the function has returned.</summary>
    public static T OnLoopNow<T>(this EventLoop loop, Func<T> function) =>
        loop.OnLoop(function).GetAwaiter().GetResult();

    public static Task<T> OnLoop<T>(this EventLoop loop, Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception ex)
            {
                done.SetException(ex);
            }
        });
        return done.Task.WaitAsync(Deadline.Default);
    }

    /// <summary>Begins an operation on the loop's thread, and waits for its end on another thread.</summary>
    public static async Task<T> OnLoopAsync<T>(this EventLoop loop, Func<ValueTask<T>> begin)
    {
        var begun = await loop.OnLoop(() => begin().AsTask());

        // Otherwise the test would continue on the loop's thread up to its end, which disposes of the loop.
        var ended = begun.ContinueWith(task => task, TaskScheduler.Default).Unwrap();
        return await ended.WaitAsync(Deadline.Default);
    }
}
