namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

internal sealed partial class World
{
    // Longer than the close timeout, the node's second after it, and the time after the end together.
    private const int Patience = 15;

    // A loop that waits this often without an event spins.
    private const int MostLooks = 2000;
    private const int MostCalmSteps = 200_000;

    private Stage _stage;
    private int _ticks;
    private int _looks;
    private int _calmSteps;
    private readonly AutoResetEvent _endWake = new(false);
    private bool _isAbandoned;

    private enum Stage
    {
        /// <summary>Anything may happen.</summary>
        Wild,

        /// <summary>Only the loop acts, and must rest.</summary>
        Resting,

        /// <summary>Peers accept, read, and send the bytes that they have; no time passes.</summary>
        Settling,

        /// <summary>Time passes.</summary>
        Waiting,

        /// <summary>All peers have ended, and time passes.</summary>
        Ending,

        /// <summary>The listening socket is closed.</summary>
        Closing,

        Finished,
    }

    /// <summary>Whether the run is over: the loop only has to end.</summary>
    public bool IsOver => _stage == Stage.Finished;

    /// <summary>Called when the loop has sent or received bytes.</summary>
    public void Moved() => _looks = 0;

    /// <summary>Called when the loop, while it runs, is woken to end.</summary>
    public void WakeToEnd() => _endWake.Set();

    private void BeCalm()
    {
        if (IsCalm)
        {
            return;
        }

        Trace.Add("world", "is calm");
        _stage = _violation is null ? Stage.Resting : Stage.Closing;
        Kernel.Limit = int.MaxValue;
    }

    // The world advances with every wait, even if there is an event for the loop already.
    private void Look()
    {
        for (var steps = Chance.Below(Temper.Burst + 1); steps > 0 && !IsCalm; steps--)
        {
            Step();
        }

        if (IsCalm && StepCalmly())
        {
            _looks = 0;
        }
        else if (IsCalm && ++_looks > MostLooks)
        {
            Check(false, "the loop does not rest");
            Finish();
        }
    }

    private void MoveCalmly()
    {
        if (_calmSteps++ > MostCalmSteps)
        {
            Check(false, "the world does not rest");
        }

        if (_violation is not null)
        {
            Finish();
        }
        else if (!StepCalmly() && !Kernel.HasWork)
        {
            Continue();
        }
    }

    private bool StepCalmly()
    {
        if (_stage == Stage.Resting)
        {
            return false;
        }

        if (RunOther() || _sessions.Exists(session => session.RestoreIfReleased()))
        {
            return true;
        }

        // A part of the peers, if they have something to do; otherwise all peers.
        var moved = false;
        foreach (var peer in _peers.ToArray())
        {
            moved |= Chance.Of(50) && peer.CalmStep(isWhole: Chance.Of(50));
        }

        foreach (var peer in moved ? [] : _peers.ToArray())
        {
            moved |= peer.CalmStep(isWhole: true);
        }

        CheckBounds();
        return moved;
    }

    // Begins the next stage, since nothing moves any more.
    private void Continue()
    {
        _looks = 0;
        CheckWatched();
        switch (_stage)
        {
            case Stage.Resting:
                Trace.Add("world", "settles");
                foreach (var session in _sessions.FindAll(session => session.Client.Socket.Now == FakeSocket.Stage.New))
                {
                    Arrive(session);
                }

                _stage = Stage.Settling;
                break;
            case Stage.Settling:
                _sessions.ForEach(session => session.CheckSettled());
                _peers.ForEach(peer => peer.TimeOutIfVanished());
                Other.Run(() => _sessions.ForEach(session => session.GiveUp()));
                Trace.Add("world", "waits");
                _stage = Stage.Waiting;
                break;
            case Stage.Waiting when _ticks++ < Patience:
                Advance(TimeSpan.FromSeconds(1));
                break;
            case Stage.Waiting:
                _sessions.ForEach(session => session.CheckPatience());
                _ticks = 0;
                _stage = Stage.Ending;
                Trace.Add("world", "ends");
                _sessions.ForEach(session => session.EndPeers());

                break;
            case Stage.Ending when _ticks++ < Patience:
                Advance(TimeSpan.FromSeconds(1));
                break;
            case Stage.Ending:
                Close();
                break;
            case Stage.Closing when _ticks++ < Patience:
                Advance(TimeSpan.FromSeconds(1));
                break;
            default:
                CheckEnd();
                Finish();
                break;
        }
    }

    // Without a poll for errors, the failure of a connection that receives nothing is never delivered.
    private void CheckWatched()
    {
        if (Kernel.Ring is { } ring)
        {
            foreach (var open in Loop.AllSockets().Where(socket => !socket.IsClosed && !socket.HasFailed))
            {
                var socket = Kernel.SocketOf(open.Descriptor);
                var isWatched = socket.Now != FakeSocket.Stage.Connected || ring.Watches(socket);
                Check(isWatched, $"no poll for errors of {socket.Name} is pending");
            }
        }
    }

    // A last client connects, which is accepted or not.
    private void Close()
    {
        _stage = Stage.Closing;
        _ticks = 0;
        Other.Run(() => Loop.Post(CloseListener));
        var last = NewSession(_sessions.Count);
        _sessions.Add(last);
        Arrive(last);
        Other.Run(last.GiveUp);
        last.EndPeers();
    }

    private void CheckEnd()
    {
        _sessions.ForEach(session => session.CheckEnd());
        Check(Loop.SocketCount == 0, $"the loop has {Loop.SocketCount} sockets at the end");
        var left = Kernel.Files.OfType<FakeSocket>().Select(socket => socket.Name).ToArray();
        Check(left.Length == 0, $"descriptors are open at the end: {string.Join(", ", left)}");
        Check(Kernel.Ring is null or { Requests: 1 }, $"requests are under way at the end");
        Check(Kernel.Epoll is null or { Count: 1 }, $"descriptors are watched at the end");
    }

    private void Finish()
    {
        _stage = Stage.Finished;
        Trace.Add("world", "is over");
        Other.Finish();
    }

    // The other thread posts the end of the loop outside the world's control, so the loop really waits for it.
    private void WaitForEnd(Func<bool> isReady, bool mayBlock)
    {
        var isWoken = _endWake.WaitOne(0);
        if (!isWoken && mayBlock && !isReady())
        {
            isWoken = _endWake.WaitOne(Deadline.Default);
            Check(isWoken, "the loop is not woken to end");
        }

        if (isWoken)
        {
            Kernel.Wake();
        }
    }

    /// <summary>Stops the loop's thread for good at its next call.</summary>
    public void Abandon() => Volatile.Write(ref _isAbandoned, true);

    /// <summary>Must be called at each call of the loop's thread.</summary>
    public void ParkIfAbandoned()
    {
        if (Volatile.Read(ref _isAbandoned))
        {
            Park();
        }
    }

    private static void Park()
    {
        using var never = new ManualResetEvent(false);
        never.WaitOne();
    }
}
