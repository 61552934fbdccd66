namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>
/// What an application tells the test. The test goes on elsewhere: on the loop's thread it would wait for that very
/// thread to end.
/// </summary>
internal static class Signal
{
    public static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
