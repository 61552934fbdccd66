using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>
/// An io_uring with deferred task work (io_uring/io_uring.c): a request is tried when it is submitted; after a wake-up
/// it is processed when the process enters for completions.
/// </summary>
internal sealed unsafe partial class FakeRing : FakeFile
{
    // UringLoop: the kind of a request is above the number of its target.
    private const int RequestShift = 48;

    private readonly World _world;
    private readonly FakeKernel _kernel;
    private readonly RingMemory _memory;
    private readonly List<RingRequest> _requests = [];
    private readonly Queue<CompletionEntry> _overflow = [];
    private List<RingRequest> _work = [];
    private ProvidedBuffers? _buffers;

    public FakeRing(World world, FakeKernel kernel, uint submissions, UringParameters* parameters)
    {
        (_world, _kernel) = (world, kernel);
        _memory = new RingMemory(submissions, parameters);
        parameters->Features = UringConstants.SingleMap | (world.Temper.WaitsForMany ? UringConstants.MinimalWait : 0);
    }

    /// <summary>The number of pending requests.</summary>
    public int Requests => _requests.Count;

    /// <summary>Whether the process has returned all buffers.</summary>
    public bool HasAllBuffers => _buffers is { AreAllHere: true };

    /// <summary>Whether there are woken requests that are not processed yet.</summary>
    public bool HasWork => _work.Count > 0;

    /// <summary>The number of entries of the process for completions.</summary>
    public int Entries { get; private set; }

    /// <summary>Whether a poll for errors of a file is pending.</summary>
    public bool Watches(FakeFile file) => _requests.Exists(request =>
        request.File == file && request.Entry.UserData >> RequestShift == (ulong)RequestKind.Watch);

    public override uint Poll() => 0;

    public void* Map(nint offset) => offset == UringConstants.QueuesOffset ? _memory.Queues : _memory.Entries;

    public int Register(int operation, ulong* argument)
    {
        if (operation != UringConstants.RegisterBufferRing)
        {
            return -Errno.InvalidArgument;
        }

        _buffers = new ProvidedBuffers(_world, (byte*)argument[0], (int)(uint)argument[1]);
        return 0;
    }

    public int Enter(uint submissions, uint completions, uint flags)
    {
        var wanted = Math.Min(submissions, _memory.Submitted);
        var taken = Submit(wanted);
        if (taken < wanted)
        {
            return taken > 0 ? (int)taken : -Errno.TryAgain;
        }

        if ((flags & UringConstants.GetEvents) == 0)
        {
            return (int)taken;
        }

        Entries++;
        Work();
        var hasCompleted = _world.Wait(() => HasCompleted(completions), completions > 0);
        Work();
        return hasCompleted || taken > 0 ? (int)taken : -Errno.Interrupted;
    }

    public void Queue(RingRequest request)
    {
        if (!request.IsQueued)
        {
            request.IsQueued = true;
            _work.Add(request);
        }
    }

    protected override void Released()
    {
        foreach (var request in _requests.ToArray())
        {
            End(request);
        }

        _memory.Dispose();
    }

    private uint Submit(uint wanted)
    {
        for (uint i = 0; i < wanted; i++)
        {
            if (_world.Habit(_world.Temper.ShortSubmissions))
            {
                _world.Trace.Add("ring", "takes no more requests", i, wanted);
                return i;
            }

            _buffers?.Look();
            Issue(_memory.Take());
            _world.RunConcurrent();
        }

        return wanted;
    }

    // A wait for many completions may end with fewer after a time.
    private bool HasCompleted(uint wanted)
    {
        Work();
        var enough = wanted > 1 && (_world.IsCalm || _world.Chance.Of(20)) ? 1 : wanted;
        return _memory.Completed + _overflow.Count >= enough;
    }

    private void Work()
    {
        FlushOverflow();
        if (_work.Count > 1 && _world.Habit(_world.Temper.Disorder))
        {
            _work.Reverse();
        }

        var now = _work;
        _work = [];
        var some = _world.Habit(_world.Temper.Disorder) ? _world.Chance.Below(now.Count + 1) : now.Count;
        for (var i = 0; i < now.Count; i++)
        {
            if (i >= some)
            {
                _work.Add(now[i]);
            }
            else
            {
                WorkOn(now[i]);
            }
        }
    }

    private void FlushOverflow()
    {
        while (_overflow.Count > 0 && !_memory.IsFull)
        {
            _memory.Add(_overflow.Dequeue());
        }

        _memory.HasOverflown = _overflow.Count > 0;
    }

    private void End(RingRequest request)
    {
        _requests.Remove(request);
        _work.Remove(request);
        request.File.Unwatch(request);
        request.File.Release();
    }

    private void EndWith(RingRequest request, int result, uint flags = 0)
    {
        Complete(request.Entry, result, flags);
        End(request);
    }

    private void Complete(in SubmissionEntry entry, int result, uint flags = 0)
    {
        if (result >= 0 && (entry.Flags & UringConstants.SkipSuccess) != 0)
        {
            return;
        }

        var completion = new CompletionEntry { UserData = entry.UserData, Result = result, Flags = flags };
        Trace(entry.UserData, result, flags);
        if (_overflow.Count == 0 && !_memory.IsFull)
        {
            _memory.Add(completion);
        }
        else
        {
            _overflow.Enqueue(completion);
            _memory.HasOverflown = true;
        }
    }

    /// <summary>Completes a multishot request, which ends if there is no room.</summary>
    /// <returns>Whether the request continues.</returns>
    private bool CompleteAndContinue(RingRequest request, int result, uint flags = 0)
    {
        if (_overflow.Count > 0 || _memory.IsFull)
        {
            EndWith(request, result, flags);
            return false;
        }

        Complete(request.Entry, result, flags | UringConstants.More);
        return true;
    }

    private void Trace(ulong userData, int result, uint flags) => _world.Trace.Add(
        "ring",
        (RequestKind)(userData >> RequestShift) switch
        {
            RequestKind.Wake => "completes Wake",
            RequestKind.Cancel => "completes Cancel",
            RequestKind.Accept => "completes Accept",
            RequestKind.Receive => "completes Receive",
            RequestKind.Send => "completes Send",
            RequestKind.Room => "completes Room",
            RequestKind.Watch => "completes Watch",
            _ => "completes something unknown",
        } + ((flags & UringConstants.More) != 0 ? " (more)" : ""),
        (long)(userData & 0xFF_FFFF),
        result);
}
