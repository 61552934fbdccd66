using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>
/// A second thread, for the application and for timers. Only one of the two threads runs at a time, and the
/// <see cref="World"/> decides when an action that is scheduled here runs.
/// </summary>
internal sealed class OtherThread(Chance chance, Action<Exception> failed) : PipeScheduler, IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly SemaphoreSlim _start = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly List<(Action<object?> Action, object? State)> _scheduled = [];
    private Action? _action;

    /// <summary>Whether the current thread is this one, which created the object.</summary>
    public bool IsCurrent => _thread == Environment.CurrentManagedThreadId;

    public int Scheduled => _scheduled.Count;

    public override void Schedule(Action<object?> action, object? state) => _scheduled.Add((action, state));

    /// <summary>Returns an awaitable: the method that awaits it continues on this thread, later.</summary>
    public HopAwaitable Hop() => new(this);

    /// <summary>Called on the loop's thread: runs a scheduled action on this thread.</summary>
    public void RunScheduled()
    {
        var index = chance.Below(_scheduled.Count);
        var (action, state) = _scheduled[index];
        _scheduled.RemoveAt(index);
        Run(() => action(state));
    }

    /// <summary>Called on the loop's thread: runs an action on this thread, and waits for it.</summary>
    public void Run(Action action)
    {
        _action = action;
        _start.Release();
        _done.Wait();
    }

    /// <summary>Called on the loop's thread at the end: <see cref="Serve"/> returns.</summary>
    public void Finish()
    {
        _action = null;
        _start.Release();
    }

    /// <summary>Runs actions on this thread until <see cref="Finish"/>.</summary>
    /// <param name="patience">The longest time without a call of the loop's thread.</param>
    /// <returns>Whether <see cref="Finish"/> was called in time.</returns>
    public bool Serve(TimeSpan patience)
    {
        while (_start.Wait(patience))
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
        _start.Dispose();
        _done.Dispose();
    }

    internal readonly struct HopAwaitable(OtherThread thread) : INotifyCompletion
    {
        public bool IsCompleted => false;

        public HopAwaitable GetAwaiter() => this;

        public void GetResult()
        {
            // The change of thread is the only effect.
        }

        public void OnCompleted(Action continuation) =>
            thread.Schedule(static action => ((Action)action!)(), continuation);
    }
}
