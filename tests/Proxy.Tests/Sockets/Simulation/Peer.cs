using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>The other end of a connection: a client or a node.</summary>
internal sealed class Peer(World world, FakeSocket socket, Script script, ushort port)
{
    private readonly List<byte> _received = [];
    private bool _isReading = true;
    private bool _resetsSoon;
    private bool _isClosed;
    private bool _isLost;
    private bool _hasMetFate;

    public FakeSocket Socket => socket;

    public Script Script => script;

    public ushort Port => port;

    /// <summary>
    /// The number of bytes of the script that the peer may have sent, as a function of the bytes that it has received.
    /// </summary>
    public required Func<IReadOnlyList<byte>, int> MaySend { get; init; }

    public Fate Fate { get; init; }

    /// <summary>The number of the peer's steps before its fate.</summary>
    public int StepsToFate { get; set; }

    /// <summary>Whether the first byte that the peer receives causes its fate.</summary>
    public bool IsFatedByReceiving { get; set; }

    /// <summary>Whether the peer does not end when its connection is ended.</summary>
    public bool IsStubborn { get; init; }

    /// <summary>Whether the peer sends FIN right after its last byte.</summary>
    public bool IsBrief { get; init; }

    /// <summary>Whether the peer never accepts the connection.</summary>
    public bool IsSilent { get; init; }

    public List<byte> Received => _received;

    public int Sent { get; private set; }

    public bool HasFinished { get; private set; }

    /// <summary>Whether the connection was lost otherwise than by FIN.</summary>
    public bool IsHarmed { get; private set; }

    public bool SawEnd { get; private set; }

    public bool SawReset { get; private set; }

    /// <summary>Whether the peer may act before the world is calm.</summary>
    public bool IsAwake => IsThere || _resetsSoon;

    /// <summary>Whether the peer is still connected.</summary>
    public bool IsThere => !_isClosed && !SawReset;

    public bool HasSentAll => Sent == script.Bytes.Length;

    /// <summary>Whether the peer's end, or its loss, is on the way to the balancer.</summary>
    public bool HasEnded => HasFinished || IsHarmed;

    /// <summary>Called when the balancer has sent bytes.</summary>
    public void Arrived(int count) => _resetsSoon |= count > 0 && _isClosed && !_isLost && Fate == Fate.Closes;

    /// <summary>Called when the balancer's kernel has sent RST.</summary>
    public void WasReset()
    {
        SawReset = true;
        world.Trace.Add(socket.Name, "resets its peer");
    }

    /// <summary>Performs one of the actions that are possible at any time.</summary>
    public void Step()
    {
        if (socket.Now == FakeSocket.Stage.Connecting)
        {
            AnswerConnect();
        }
        else if (_resetsSoon)
        {
            Lose(Errno.ConnectionReset);
        }
        else if (IsThere)
        {
            if (!_hasMetFate && !IsFatedByReceiving && StepsToFate-- <= 0)
            {
                Meet();
                return;
            }

            _isReading ^= world.Chance.Of(10);
            var isFirst = world.Chance.Of(50);
            _ = (isFirst && SendSome()) || (_isReading && ReadSome()) || (!isFirst && SendSome());
        }
    }

    /// <summary>Accepts, answers and reads, when the world is calm.</summary>
    /// <returns>Whether the peer did anything.</returns>
    public bool CalmStep(bool isWhole)
    {
        if (socket.Now == FakeSocket.Stage.Connecting && !IsSilent)
        {
            socket.Established();
            return true;
        }

        if (_resetsSoon)
        {
            Lose(Errno.ConnectionReset);
            return true;
        }

        if (socket.IsPressed)
        {
            socket.Relieve();
            return true;
        }

        var hasMoved = IsThere && (isWhole ? Read(int.MaxValue) | Send(int.MaxValue) : ReadSome() | SendSome());
        hasMoved |= IsThere && AnswerEnd();
        if (hasMoved && IsBrief && HasSentAll)
        {
            Finish();
        }

        return hasMoved;
    }

    /// <summary>Ends the peer at the end of the run.</summary>
    public void End(bool withReset)
    {
        if (IsThere && withReset)
        {
            Lose(Errno.ConnectionReset);
        }
        else if (IsThere && !HasFinished)
        {
            Finish();
        }
    }

    /// <summary>Lets the balancer's kernel give up a peer that has vanished.</summary>
    public void TimeOutIfVanished()
    {
        if (_isClosed && !_isLost && Fate == Fate.Vanishes)
        {
            Lose(Errno.TimedOut);
        }
    }

    private void AnswerConnect()
    {
        if (IsSilent || world.Chance.Of(50))
        {
            return;
        }

        if (Fate == Fate.Resets && world.Chance.Of(50))
        {
            Lose(Errno.ConnectionReset);
        }
        else
        {
            world.Trace.Add(socket.Name, "is connected");
            socket.Established();
        }
    }

    private void Meet()
    {
        IsFatedByReceiving = false;
        _hasMetFate = Fate != Fate.FinishesAndResets || HasFinished;
        if (world.Chance.Of(50))
        {
            // The last bytes may arrive together with the end.
            SendSome();
        }

        switch (Fate)
        {
            case Fate.Stays:
                break;
            case Fate.Finishes:
                Finish();
                break;
            case Fate.FinishesAndResets when !HasFinished:
                Finish();
                StepsToFate = world.Chance.Below(4);
                break;
            case Fate.Resets or Fate.FinishesAndResets:
                Lose(Errno.ConnectionReset);
                break;
            case Fate.TimesOut:
                Lose(Errno.TimedOut);
                break;
            case Fate.Closes:
                Finish();
                (_isClosed, IsHarmed, _resetsSoon) = (true, true, socket.OnTheWay > 0);
                break;
            default:
                world.Trace.Add(socket.Name, "has a peer that vanishes");
                (_isClosed, IsHarmed) = (true, true);
                break;
        }
    }

    private void Finish()
    {
        if (!HasFinished)
        {
            HasFinished = true;
            world.Trace.Add(socket.Name, "receives FIN");
            socket.ArriveEnd();
        }
    }

    private void Lose(int error)
    {
        world.Trace.Add(socket.Name, "fails", error);
        (_isClosed, IsHarmed, _isLost, _resetsSoon) = (true, true, true, false);
        socket.Fail(error);
    }

    private bool SendSome() => Send(world.Chance.Length(Math.Max(1, script.Bytes.Length)));

    private bool ReadSome() => Read(world.Chance.Length(Math.Max(1, socket.OnTheWay)));

    private bool Send(int most)
    {
        var count = Math.Min(most, MaySend(_received) - Sent);
        if (count <= 0 || HasFinished || socket.Now is FakeSocket.Stage.New or FakeSocket.Stage.Connecting)
        {
            return false;
        }

        var sent = socket.Arrive(script.Bytes.AsSpan(Sent, count));
        Sent += sent;
        if (sent > 0)
        {
            world.Trace.Add(socket.Name, "receives", sent, Sent);
        }

        return sent > 0;
    }

    private bool Read(int most)
    {
        Span<byte> some = stackalloc byte[4096];
        var all = 0;
        while (all < most && socket.Deliver(some[..Math.Min(some.Length, most - all)]) is var read and > 0)
        {
            _received.AddRange(some[..read]);
            all += read;
        }

        if (all > 0)
        {
            world.Trace.Add(socket.Name, "has a peer that reads", all, _received.Count);
            if (IsFatedByReceiving && !world.IsCalm)
            {
                Meet();
            }
        }

        var seesEnd = !SawEnd && socket.IsFinished && socket.OnTheWay == 0;
        SawEnd |= seesEnd;
        return all > 0 || seesEnd;
    }

    // A peer that has received FIN sends FIN too.
    private bool AnswerEnd()
    {
        if (!SawEnd || HasFinished || IsStubborn)
        {
            return false;
        }

        Finish();
        return true;
    }
}
