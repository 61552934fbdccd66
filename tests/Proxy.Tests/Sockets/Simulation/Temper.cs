using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>The behaviour of the kernel and the peers in one run: percentages and sizes.</summary>
internal sealed class Temper
{
    // Many bytes through tiny buffers take too long.
    private const int MostForTinyBuffers = 5;

    private static readonly (int Space, int Length, int Count)[] AllSizes =
    [
        (1, 20, 3),
        (100, 20, 3),
        (100, 200, 10),
        (3_000, 200, 10),
        (3_000, 3_000, 10),
        (20_000, 3_000, 20),
        (3_000, 20_000, 5),
        (20_000, 70_000, 2),
        (300_000, 70_000, 4),
        (900_000, 70_000, 8),
    ];

    public Temper(Chance chance)
    {
        IsHasty = chance.Of(20);
        Sessions = IsHasty ? 1 : chance.Pick(1, 1, 1, 2, 3, 5);
        Steps = IsHasty ? chance.Pick(150, 300) : chance.Pick(30, 60, 150, 400);
        Burst = chance.Pick(2, 2, 12);
        Others = chance.Pick(5, 10, 40);
        Unsteadiness = chance.Pick(20, 50, 80);
        IsPooled = IsHasty || chance.Of(60);
        ShortSends = chance.Pick(0, 5, 30);
        ShortSubmissions = chance.Pick(0, 0, 1, 5);
        Disorder = chance.Pick(0, 10, 40);
        Interrupts = chance.Pick(0, 3, 20);
        Concurrent = chance.Pick(0, 5, 30);
        AcceptFailures = chance.Pick(0, 0, 20);
        RegistrationFailures = chance.Pick(0, 0, 5);
        WaitsForMany = chance.Of(50);
        ReusesDescriptors = chance.Of(50);
        Memory = chance.Of(10) ? chance.Pick(8, 32) * ChunkStore.ChunkSize : 64 * 1024 * 1024;
        MaxBuffered = chance.Pick(0, 132 * 1024, 256 * 1024);
        RingSizes = chance.Pick(
            new RingSizes(8, 8, 4, 1000, HasOwnListener: true, chance.Pick(0, 1, 10_000)),
            new RingSizes(4, 2, 2, 64, HasOwnListener: true, chance.Pick(0, 100)),
            new RingSizes(64, 128, 16, 4096, HasOwnListener: false, chance.Pick(0, 50_000)),
            new RingSizes(256, 1024, 64, (16 * 1024) + 64, HasOwnListener: true, chance.Pick(0, 40_000)));
        Sizes = chance.PickFrom(RingSizes.BufferSize < 1000 ? AllSizes[..MostForTinyBuffers] : AllSizes);
    }

    public int Sessions { get; }

    /// <summary>The number of steps before the world becomes calm.</summary>
    public int Steps { get; }

    /// <summary>The largest number of steps between two waits of the loop.</summary>
    public int Burst { get; }

    /// <summary>Sends that the kernel accepts only in part, although there is room.</summary>
    public int ShortSends { get; }

    /// <summary>Entries into the ring that take only a part of the requests, counted per request.</summary>
    public int ShortSubmissions { get; }

    /// <summary>Events and completions that are delayed to the next call, or change places.</summary>
    public int Disorder { get; }

    /// <summary>Accepts that fail.</summary>
    public int AcceptFailures { get; }

    /// <summary>Sockets that epoll rejects.</summary>
    public int RegistrationFailures { get; }

    /// <summary>Waits that a signal ends.</summary>
    public int Interrupts { get; }

    /// <summary>System calls during which peers act.</summary>
    public int Concurrent { get; }

    /// <summary>Steps in which the other thread runs: on a busy machine it has to wait.</summary>
    public int Others { get; }

    /// <summary>Peers that do not stay connected.</summary>
    public int Unsteadiness { get; }

    /// <summary>Whether clients disconnect as soon as they have read something, and nodes stay.</summary>
    public bool IsHasty { get; }

    /// <summary>Whether the application runs on the other thread.</summary>
    public bool IsPooled { get; }

    /// <summary>Whether the kernel supports waits for many completions that end with fewer.</summary>
    public bool WaitsForMany { get; }

    public bool ReusesDescriptors { get; }

    /// <summary>The limit of the bytes that all sockets buffer.</summary>
    public long Memory { get; }

    /// <summary>Whether the memory may be insufficient.</summary>
    public bool IsPoor => Memory < 1024 * 1024;

    /// <summary>The limit of the bytes that a tunnel buffers.</summary>
    public int MaxBuffered { get; }

    /// <summary>
    /// The kernel's buffer for a direction of a connection, the longest payload of a frame, and the number of frames.
    /// </summary>
    public (int Space, int Length, int Count) Sizes { get; }

    public RingSizes RingSizes { get; }
}
