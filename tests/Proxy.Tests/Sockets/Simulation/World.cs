using Microsoft.Extensions.Time.Testing;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>
/// The surroundings of an event loop: peers, time, the other threads of the process, and unusual behaviour of the
/// kernel. The world acts on the loop's thread during its system calls. At first anything may happen; then the world
/// becomes calm (see World.Calm.cs), and the checks are made.
/// </summary>
internal sealed partial class World
{
    public const int ClientPort = 1000;
    public const int NodePort = 2000;

    private readonly List<Session> _sessions = [];
    private readonly List<Peer> _peers = [];
    private string? _violation;
    private int _stepsLeft;
    private int _nodes;
    private bool _isMoving;

    public World(int seed, SourceAddressPool sources)
    {
        Sources = sources;
        Chance = new Chance(seed);
        Temper = new Temper(Chance);
        Other = new OtherThread(Chance, ex => Check(false, ex.ToString()));
        Kernel = new FakeKernel(this);
        _stepsLeft = Temper.Steps;
        for (var i = 0; i < Temper.Sessions; i++)
        {
            _sessions.Add(NewSession(i));
        }
    }

    public Chance Chance { get; }

    public Temper Temper { get; }

    public Trace Trace { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public FakeKernel Kernel { get; }

    public OtherThread Other { get; }

    public SourceAddressPool Sources { get; }

    public FakeListener Listener { get; } = new();

    /// <summary>Set once, before the loop is started.</summary>
    public EventLoop Loop { get; set; } = null!;

    /// <summary>Begins to accept, on the loop's thread. Set once.</summary>
    public Action? Open { get; set; }

    /// <summary>Closes the listening socket, on the loop's thread. Set once.</summary>
    public Action CloseListener { get; set; } = null!;

    public IReadOnlyList<Session> Sessions => _sessions;

    public bool IsCalm => _stage != Stage.Wild;

    /// <summary>The most bytes that a socket may receive before a pause takes effect.</summary>
    public int LargestReceive { get; set; }

    /// <summary>The first check that failed; null if none has.</summary>
    public string? Violation => _violation;

    /// <summary>Records a violation if a condition does not hold.</summary>
    public void Check(bool holds, string otherwise)
    {
        if (!holds && _violation is null)
        {
            _violation = otherwise;
            Trace.Add("VIOLATION", otherwise);
        }
    }

    /// <summary>Whether the kernel does something unusual; never in a calm world.</summary>
    public bool Whim(int percent) => !IsCalm && Chance.Of(percent);

    /// <summary>Whether the kernel does something usual, which it does while the world is wild or settles.</summary>
    public bool Habit(int percent) => _stage is Stage.Wild or Stage.Settling && Chance.Of(percent);

    /// <summary>Called when the loop waits or polls.</summary>
    /// <returns>False if a signal ended the wait.</returns>
    public bool Wait(Func<bool> isReady, bool mayBlock)
    {
        if (Open is { } open)
        {
            Open = null;
            Other.Run(() => Loop.Post(open));
        }

        if (!IsCalm && mayBlock && Chance.Of(Temper.Interrupts))
        {
            Step();
            return isReady();
        }

        if (!IsOver)
        {
            Look();
        }

        if (IsOver)
        {
            WaitForEnd(isReady, mayBlock);
            return true;
        }

        while (mayBlock && !IsOver && !isReady())
        {
            Move();
        }

        return true;
    }

    /// <summary>Called during another call of the loop: peers may act.</summary>
    public void RunConcurrent()
    {
        if (!IsCalm && !_isMoving && Chance.Of(Temper.Concurrent))
        {
            _isMoving = true;
            StepOfPeer();
            _isMoving = false;
        }
    }

    private void Move()
    {
        if (IsCalm)
        {
            MoveCalmly();
        }
        else
        {
            Step();
        }
    }

    private void Step()
    {
        if (_stepsLeft-- <= 0 || _violation is not null)
        {
            BeCalm();
            return;
        }

        // One step of a hundred: all numbers without a case are steps of peers.
        switch (Chance.Below(100) - Temper.Others)
        {
            case < 0:
                RunOther();
                break;
            case < 4:
                StepOfKernel();
                break;
            case < 8:
                Advance(TimeSpan.FromMilliseconds(Chance.Pick(1, 10, 50, 300, 1000, 3000)));
                break;
            case < 16:
                _ = Chance.PickFrom(_sessions).Perform();
                break;
            default:
                StepOfPeer();
                break;
        }

        CheckBounds();
    }

    private void CheckBounds() => _sessions.ForEach(session => session.CheckBound());

    private void StepOfPeer()
    {
        var waiting = _sessions.FindAll(session => session.Client.Socket.Now == FakeSocket.Stage.New);
        if (waiting.Count > 0 && Chance.Of(30))
        {
            Arrive(waiting[0]);
        }
        else if (_peers.FindAll(peer => peer.IsAwake) is { Count: > 0 } awake)
        {
            Chance.PickFrom(awake).Step();
        }
    }

    private void StepOfKernel()
    {
        if (_peers.Count == 0)
        {
            return;
        }

        var socket = Chance.PickFrom(_peers).Socket;
        if (socket.IsPressed)
        {
            socket.Relieve();
        }
        else if (socket.Now != FakeSocket.Stage.New)
        {
            Trace.Add(socket.Name, "wakes for nothing");
            socket.Wake(0);
        }
    }

    private bool RunOther()
    {
        if (Other.Scheduled == 0)
        {
            return false;
        }

        Trace.Add("other thread", "runs", Other.Scheduled);
        Other.RunScheduled();
        return true;
    }

    // Timers run on another thread.
    private void Advance(TimeSpan span)
    {
        Trace.Add("time", "passes, ms", (long)span.TotalMilliseconds);
        Other.Run(() => Time.Advance(span));
    }
}
