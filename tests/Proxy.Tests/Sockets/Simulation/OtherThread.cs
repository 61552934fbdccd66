using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>
/// The thread beside the loop's: the application's, and that of timers. Only one of the two runs at a time, and the
/// <see cref="World"/> decides when what is scheduled here does.
/// </summary>
internal sealed class OtherThread(Chance chance, Action<Exception> failed) : PipeScheduler, IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly List<(Action<object?> Action, object? State)> _scheduled = [];
    private Action? _action;

    /// <summary>Whether this is it: the thread that made it.</summary>
    public bool IsCurrent => _thread == Environment.CurrentManagedThreadId;

    public int Scheduled => _scheduled.Count;

    public override void Schedule(Action<object?> action, object? state) => _scheduled.Add((action, state));

    /// <summary>To be awaited: the method continues on this thread, later.</summary>
    public HopAwaitable Hop() => new(this);

    /// <summary>On the loop's thread: runs something that is scheduled, on this thread.</summary>
    public void RunScheduled()
    {
        var index = chance.Below(_scheduled.Count);
        var (action, state) = _scheduled[index];
        _scheduled.RemoveAt(index);
        Run(() => action(state));
    }

    /// <summary>On the loop's thread: runs an action on this thread, and waits for it.</summary>
    public void Run(Action action)
    {
        _action = action;
        _go.Release();
        _done.Wait();
    }

    /// <summary>On the loop's thread, at the end: <see cref="Serve"/> returns.</summary>
    public void Finish()
    {
        _action = null;
        _go.Release();
    }

    /// <summary>Runs what is to run on this thread until <see cref="Finish"/>.</summary>
    /// <param name="patience">The longest time in which the loop's thread must do something.</param>
    /// <returns>Whether that was called in time.</returns>
    public bool Serve(TimeSpan patience)
    {
        while (_go.Wait(patience))
        {
            if (_action is not { } action)
            {
                return true;
            }

            try
            {
                action();
            }
            catch (Exception ex)
            {
                failed(ex);
            }

            _done.Release();
        }

        return false;
    }

    public void Dispose()
    {
        _go.Dispose();
        _done.Dispose();
    }

    internal readonly struct HopAwaitable(OtherThread thread) : INotifyCompletion
    {
        public bool IsCompleted => false;

        public HopAwaitable GetAwaiter() => this;

        public void GetResult()
        {
            // The result is the change of thread only.
        }

        public void OnCompleted(Action continuation) =>
            thread.Schedule(static action => ((Action)action!)(), continuation);
    }
}
