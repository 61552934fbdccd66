using WsBalancer.BackendSample.Presence;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A store of presence whose reads and writes are answered by the test.</summary>
internal sealed class FakePresenceStore : IPresenceStore
{
    private readonly Queue<TaskCompletionSource<IReadOnlyList<NodePresence>?>> _reads = new();
    private readonly TaskCompletionSource<bool> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreState State { get; set; } = StoreState.Ready;

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    public Task<StoreState> RenewAsync() => Task.FromResult(State);

    /// <summary>Answers the oldest read; null as from a store that is not available.</summary>
    public void Answer(params NodePresence[]? nodes)
    {
        lock (_reads)
        {
            _reads.Dequeue().SetResult(nodes);
        }
    }

    /// <summary>Completes all writes.</summary>
    public void Write(bool isWritten) => _written.TrySetResult(isWritten);

    public Task<bool> WriteAsync(IReadOnlyList<RoomChange> changes)
    {
        Writes++;
        return _written.Task;
    }

    public Task<IReadOnlyList<NodePresence>?> ReadAsync(string room, IReadOnlyList<string>? users)
    {
        lock (_reads)
        {
            Reads++;
            _reads.Enqueue(new(TaskCreationOptions.RunContinuationsAsynchronously));
            return _reads.Last().Task;
        }
    }

    public Task EndAsync() => Task.CompletedTask;
}
