namespace WsBalancer.BackendSample.Sessions;

/// <summary>Holds one producer back while it has more bytes under way than the window is wide.</summary>
internal sealed class ByteWindow(int size)
{
    private readonly Lock _lock = new();
    private int _used;
    private TaskCompletionSource? _waiter;

    /// <summary>Waits for room. A piece wider than the whole window passes when it is alone.</summary>
    public async ValueTask EnterAsync(int bytes, CancellationToken cancellation)
    {
        while (FindObstacle(bytes) is { } obstacle)
        {
            await obstacle.WaitAsync(cancellation);
        }
    }

    public void Leave(int bytes)
    {
        TaskCompletionSource? waiter;
        lock (_lock)
        {
            _used -= bytes;
            waiter = _waiter;
            _waiter = null;
        }

        waiter?.TrySetResult();
    }

    private Task? FindObstacle(int bytes)
    {
        lock (_lock)
        {
            if (_used == 0 || bytes <= size - _used)
            {
                _used += bytes;
                return null;
            }

            _waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiter.Task;
        }
    }
}
