using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

internal sealed partial class Session
{
    public const int DrainCode = 1012;

    /// <summary>An action of the balancer.</summary>
    public enum Act
    {
        None,

        /// <summary>Closes the tunnel with a Close frame.</summary>
        Drain,

        /// <summary>Cuts the tunnel.</summary>
        Cut,

        /// <summary>Releases the tunnel, and restores it.</summary>
        HandOver,

        /// <summary>Aborts the connection during the handshake.</summary>
        Abort,

        /// <summary>Cancels the request to the node.</summary>
        Cancel,
    }

    /// <summary>The planned action before the world is calm.</summary>
    public Act Plan { get; set; }

    /// <summary>Performs the planned action if it is possible now.</summary>
    /// <returns>Whether an action was performed.</returns>
    public bool Perform()
    {
        switch (Plan)
        {
            case Act.Drain when _flow is not null:
                _hasDrained = true;
                OnOtherThread("is drained", () => _ = Tunnel!.Close(TunnelEnd.Drain, DrainCode, "bye"));
                break;
            case Act.Cut when _flow is not null:
                _hasCut = true;
                OnOtherThread("is cut", () => Tunnel!.Abort(TunnelEnd.Disconnect));
                break;
            case Act.HandOver when _flow is not null:
                OnLoop("is handed over", ReleaseAsync);
                Plan = _world.Chance.Pick(Act.HandOver, Act.HandOver, Act.Drain, Act.Cut);
                return true;
            case Act.HandOver when _record is not null:
                OnLoop("is taken over", RestoreAsync);
                return true;
            case Act.Abort when _connection is not null && Disposed is null:
                OnOtherThread("is aborted", () => _connection.Abort(new("Enough.")));
                break;
            case Act.Cancel when _connection is not null && Disposed is null:
                OnOtherThread("has its handshake cancelled", _handshake.Cancel);
                break;
            default:
                return false;
        }

        Plan = Act.None;
        return true;
    }

    /// <summary>Restores a tunnel that was released.</summary>
    /// <returns>Whether there was one.</returns>
    public bool RestoreIfReleased()
    {
        var isReleased = _record is not null;
        if (isReleased)
        {
            OnLoop("is taken over at last", RestoreAsync);
        }

        return isReleased;
    }

    private void OnOtherThread(string what, Action action)
    {
        _world.Trace.Add(Client.Socket.Name, what);
        _world.Other.Run(action);
    }

    private void OnLoop(string what, Func<Task> action)
    {
        _world.Trace.Add(Client.Socket.Name, what);
        _world.Other.Run(() => Loop.Post(() => _ = CheckedAsync(action)));
    }

    private async Task CheckedAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception ex)
        {
            _world.Check(false, ex.ToString());
        }
    }

    private async Task ReleaseAsync()
    {
        if (_flow is not { } flow || _isReleasing)
        {
            return;
        }

        _isReleasing = true;
        var release = flow.ReleaseAsync();
        if (!release.IsCompleted && _world.Chance.Of(20))
        {
            _hasDrained = true;
            _world.Trace.Add(Client.Socket.Name, "is drained while it is handed over");
            _ = Tunnel!.Close(TunnelEnd.Drain, DrainCode, "bye");
        }

        var record = await release;
        _isReleasing = false;
        if (record is null)
        {
            // The tunnel could not be released, and ends on its own loop.
            Plan = Plan == Act.HandOver ? Act.None : Plan;
            return;
        }

        _world.Trace.Add(Client.Socket.Name, "is released");
        _record = record.ToBytes();
        _flow = null;
    }

    private Task RestoreAsync()
    {
        if (_record is not { } bytes)
        {
            return Task.CompletedTask;
        }

        _record = null;
        var record = TunnelRecord.Parse(bytes);
        try
        {
            _flow = NativeTunnel.Restore(record, Loop, Options, new TunnelLedger(), _world.Temper.MaxBuffered, Over);
        }
        catch (IOException)
        {
            _hasCut = _isOver = true;
            _world.Kernel.Close(record.Client.Descriptor);
            _world.Kernel.Close(record.Node.Descriptor);
            return Task.CompletedTask;
        }

        Tunnel = _flow.Tunnel;
        _flow.Start();
        Plan = _world.Chance.Pick(Act.HandOver, Act.None, Act.Drain);
        return Task.CompletedTask;
    }

    private void Over(Tunnel tunnel)
    {
        _world.Check(Loop.IsCurrent, "a tunnel is over on another thread than its loop's");
        _world.Check(!_isOver, "a tunnel is over twice");
        _world.Check(tunnel == Tunnel, "another tunnel is over than there is");
        _isOver = true;
        _endBegan ??= _world.Time.GetTimestamp();
        End = tunnel.Finish(TunnelEnd.Error);
        _world.Trace.Add(Client.Socket.Name, $"has a tunnel that is over ({End})");
    }
}
