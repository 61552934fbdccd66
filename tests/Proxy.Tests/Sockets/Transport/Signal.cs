namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>
/// A signal from the application to the test. The test continues on another thread: on the loop's thread, it would wait
/// for that same thread to end.
/// </summary>
internal static class Signal
{
    public static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
