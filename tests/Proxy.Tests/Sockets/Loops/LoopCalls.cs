using WsBalancer.Proxy.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>Runs what a test does to sockets on the thread of their loop, and the rest of the test elsewhere.</summary>
internal static class LoopCalls
{
    public static Task OnLoop(this EventLoop loop, Action action) => loop.OnLoop(() =>
    {
        action();
        return 0;
    });

    /// <summary>The same, without letting the thread go meanwhile.</summary>
    public static T OnLoopNow<T>(this EventLoop loop, Func<T> function) =>
        loop.OnLoop(function).GetAwaiter().GetResult();

    public static Task<T> OnLoop<T>(this EventLoop loop, Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(
            _ =>
            {
                try
                {
                    done.SetResult(function());
                }
                catch (Exception ex)
                {
                    done.SetException(ex);
                }
            },
            null);
        return done.Task.WaitAsync(Deadline.Default);
    }

    /// <summary>Begins something on the loop's thread, and waits for its end elsewhere.</summary>
    public static async Task<T> OnLoopAsync<T>(this EventLoop loop, Func<ValueTask<T>> begin)
    {
        var begun = await loop.OnLoop(() => begin().AsTask());

        // What ends on the loop's thread would go on there, up to the end of the test, which disposes of the loop.
        var ended = begun.ContinueWith(task => task, TaskScheduler.Default).Unwrap();
        return await ended.WaitAsync(Deadline.Default);
    }
}
