using System.Runtime.InteropServices;
using WsBalancer.Sockets.Epoll;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>
/// A kernel in memory, for one event loop. The <see cref="World"/> acts while the loop waits, and sometimes during its
/// other calls.
/// </summary>
internal sealed unsafe partial class FakeKernel(World world) : Kernel, IDisposable
{
    private const int FirstDescriptor = 3;
    private const int BadDescriptor = 9;

    private readonly SortedDictionary<int, FakeFile> _open = [];
    private readonly Dictionary<nint, nuint> _maps = [];
    private int _last = FirstDescriptor - 1;
    private int _thread;

    /// <summary>The highest descriptor that the kernel assigns.</summary>
    public int Limit { get; set; } = int.MaxValue;

    public IEnumerable<FakeFile> Files => _open.Values;

    public FakeRing? Ring { get; private set; }

    public FakeEpoll? Epoll { get; private set; }

    /// <summary>Whether events or completions are pending for the loop.</summary>
    public bool HasWork => Ring is { HasWork: true } || Epoll is { HasEvents: true };

    /// <summary>Assigns a descriptor to a file; returns a negative error if there is none.</summary>
    public int Add(FakeFile file)
    {
        // The kernel assigns the lowest free descriptor. If descriptors are never reused, a use after close is found at
        // once.
        var descriptor = world.Temper.ReusesDescriptors ? FirstDescriptor : _last + 1;
        while (_open.ContainsKey(descriptor))
        {
            descriptor++;
        }

        if (_open.Count + FirstDescriptor > Limit)
        {
            return -Errno.TooManyFiles;
        }

        _last = Math.Max(_last, descriptor);
        _open.Add(descriptor, file);
        file.Hold();
        return descriptor;
    }

    public FakeFile? Find(int descriptor, string call)
    {
        if (_open.TryGetValue(descriptor, out var file))
        {
            return file;
        }

        world.Check(false, $"{call} on the descriptor {descriptor}, which is not open");
        return null;
    }

    public FakeSocket SocketOf(int descriptor) => (FakeSocket)_open[descriptor];

    public int DescriptorOf(FakeFile file) => _open.First(entry => entry.Value == file).Key;

    public int AcceptOf(FakeListener listener)
    {
        if (listener.HasWaiting && world.Whim(world.Temper.AcceptFailures))
        {
            return -world.Chance.Pick(Errno.ConnectionAborted, Errno.NoBufferSpace, Errno.TooManyFiles);
        }

        if (!listener.HasWaiting)
        {
            return -Errno.TryAgain;
        }

        if (_open.Count + FirstDescriptor > Limit)
        {
            return -Errno.TooManyFiles;
        }

        var client = listener.Accept()!;
        world.Trace.Add(client.Name, "is accepted");
        return Add(client);
    }

    public override int EpollCreate(int flags) => Result(Add(Epoll = new FakeEpoll(world)));

    public override int EpollControl(int epoll, int operation, int descriptor, void* epollEvent)
    {
        OnLoop();
        if (Find(epoll, "epoll_ctl") is not FakeEpoll instance || Find(descriptor, "epoll_ctl") is not { } file)
        {
            return Result(-BadDescriptor);
        }

        if (operation == EpollEvent.Delete)
        {
            return Result(instance.Delete(descriptor));
        }

        return Result(file is FakeSocket && world.Whim(world.Temper.RegistrationFailures)
            ? -Errno.OutOfMemory
            : instance.Add(descriptor, file, epollEvent));
    }

    public override int EpollWait(int epoll, void* events, int maxEvents, int timeoutMilliseconds)
    {
        OnLoop();
        var instance = (FakeEpoll)Find(epoll, "epoll_wait")!;
        return world.Wait(() => instance.HasEvents, timeoutMilliseconds != 0)
            ? instance.Collect((byte*)events, maxEvents)
            : Result(-Errno.Interrupted);
    }

    public override int UringSetup(uint entries, void* parameters)
    {
        OnLoop();
        Ring = new FakeRing(world, this, entries, (UringParameters*)parameters);
        return Result(Add(Ring));
    }

    public override int UringEnter(
        int ring, uint submissions, uint completions, uint flags, void* argument, nuint argumentLength)
    {
        OnLoop();
        return Result(((FakeRing)Find(ring, "io_uring_enter")!).Enter(submissions, completions, flags));
    }

    public override int UringRegister(int ring, int operation, void* argument, int count)
    {
        OnLoop();
        return Result(((FakeRing)Find(ring, "io_uring_register")!).Register(operation, (ulong*)argument));
    }

    public override void* Map(void* address, nuint length, int protection, int flags, int descriptor, nint offset)
    {
        OnLoop();
        var start = descriptor >= 0
            ? ((FakeRing)Find(descriptor, "mmap")!).Map(offset)
            : NativeMemory.AllocZeroed(length);
        _maps.Add((nint)start, descriptor >= 0 ? 0 : length);
        return start;
    }

    public override int Unmap(void* address, nuint length)
    {
        OnLoop();
        if (!_maps.Remove((nint)address, out var own))
        {
            world.Check(false, "munmap of memory that is not mapped");
        }
        else if (own != 0)
        {
            world.Check(own == length, "munmap with another length than mmap");
            NativeMemory.Free(address);
        }

        return 0;
    }

    public override int EventDescriptor(uint initial, int flags) => Result(Add(new FakeEvent()));

    // Only this call is made on other threads, which wake the loop with it.
    public override nint Write(int descriptor, void* buffer, nuint length)
    {
        if (world.Other.IsCurrent && world.IsOver)
        {
            world.WakeToEnd();
            return (nint)length;
        }

        if (!world.Other.IsCurrent)
        {
            OnLoop();
        }

        if (Find(descriptor, "write") is not FakeEvent file)
        {
            return Result(-BadDescriptor);
        }

        file.Write(*(ulong*)buffer);
        return (nint)length;
    }

    public override int Open(string path, int flags) => Result(Add(new FakeNull()));

    public override int Close(int descriptor)
    {
        OnLoop();
        if (Find(descriptor, "close") is not { } file)
        {
            return Result(-BadDescriptor);
        }

        _open.Remove(descriptor);
        var isUsed = file is FakeSocket && file.References > 1 && !world.IsOver;
        world.Check(!isUsed, "a descriptor is closed under its requests");
        file.Release();
        return 0;
    }

    public override int GetLimit(int resource, ulong* currentAndMost)
    {
        currentAndMost[0] = currentAndMost[1] = (ulong)Limit;
        return 0;
    }

    /// <summary>Wakes the loop through its eventfd.</summary>
    public void Wake() => _open.Values.OfType<FakeEvent>().Single().Write(1);

    /// <summary>Frees the files that a loop has left at its end.</summary>
    public void Dispose()
    {
        foreach (var file in _open.Values.ToArray())
        {
            file.Release();
        }
    }

    private void OnLoop()
    {
        world.ParkIfAbandoned();
        var current = Environment.CurrentManagedThreadId;
        _thread = _thread == 0 ? current : _thread;
        world.Check(_thread == current, "a call on another thread than the loop's");
    }

    private static int Result(int result)
    {
        if (result >= 0)
        {
            return result;
        }

        Marshal.SetLastPInvokeError(-result);
        return -1;
    }
}
