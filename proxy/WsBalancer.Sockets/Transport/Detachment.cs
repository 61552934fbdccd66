using System.Threading.Tasks.Sources;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// The pending result of <see cref="LoopConnection.DetachAsync"/>. Code that awaits it continues on the loop's thread,
/// even if the result is already complete: the socket must not be used on any other thread.
/// </summary>
internal sealed class Detachment(EventLoop loop) : IValueTaskSource<DetachedSocket>
{
    private ManualResetValueTaskSourceCore<DetachedSocket> _result;

    public ValueTask<DetachedSocket> Task => new(this, _result.Version);

    /// <summary>On the loop's thread.</summary>
    public void Succeed(DetachedSocket detached) => _result.SetResult(detached);

    /// <summary>On the loop's thread.</summary>
    public void Fail(IOException reason) => _result.SetException(reason);

    DetachedSocket IValueTaskSource<DetachedSocket>.GetResult(short token) => _result.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<DetachedSocket>.GetStatus(short token) =>
        loop.IsCurrent ? _result.GetStatus(token) : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<DetachedSocket>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (loop.IsCurrent)
        {
            Register(continuation, state, token);
        }
        else
        {
            loop.Post(() => Register(continuation, state, token));
        }
    }

    private void Register(Action<object?> continuation, object? state, short token)
    {
        if (_result.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            _result.OnCompleted(continuation, state, token, ValueTaskSourceOnCompletedFlags.None);
        }
        else
        {
            continuation(state);
        }
    }
}
