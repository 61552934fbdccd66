using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace WsBalancer.LoadTest.Compare;

/// <summary>
/// Waits for many sockets on one thread: Linux's epoll, level-triggered. The kernel removes a closed socket.
/// </summary>
/// <remarks>
/// The asynchronous sockets of the platform pass every message to another thread, which costs more than the message
/// itself. A generator that shares the machine with its target cannot afford that cost.
/// </remarks>
internal sealed class Poller : IDisposable
{
    private const int MaxEventsPerWait = 256;
    private const int Adding = 1;
    private const int Changing = 3;
    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4;
    private const uint Read = 0x1;
    private const uint Write = 0x4;

    // struct epoll_event is packed on x64 alone.
    private static readonly int TokenAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = TokenAt + sizeof(long);

    private readonly int _epoll;
    private readonly byte[] _change = new byte[EventSize];
    private readonly byte[] _events = new byte[EventSize * MaxEventsPerWait];
    private readonly Readiness[] _ready = new Readiness[MaxEventsPerWait];

    public Poller() => _epoll = Checked(EpollCreate(CloseOnExec));

    /// <summary>Watches a socket for received data.</summary>
    public void Add(Socket socket, int token) => Control(Adding, socket, token, Read);

    public void WatchReads(Socket socket, int token) => Control(Changing, socket, token, Read);

    /// <summary>Watches for room to write, and no longer for received data, until <see cref="WatchReads"/>.</summary>
    public void WatchWrites(Socket socket, int token) => Control(Changing, socket, token, Write);

    /// <summary>Waits until a socket is ready, at most this long. The result is valid until the next call.</summary>
    public ReadOnlySpan<Readiness> Wait(int milliseconds)
    {
        var count = EpollWait(_epoll, _events, MaxEventsPerWait, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
            return [];
        }

        Checked(count);
        for (var index = 0; index < count; index++)
        {
            var entry = _events.AsSpan(index * EventSize, EventSize);
            var what = MemoryMarshal.Read<uint>(entry);
            var token = MemoryMarshal.Read<int>(entry[TokenAt..]);
            _ready[index] = new Readiness(token, (what & ~Write) != 0, (what & Write) != 0);
        }

        return _ready.AsSpan(0, count);
    }

    public void Dispose() => _ = Close(_epoll);

    private void Control(int operation, Socket socket, int token, uint what)
    {
        MemoryMarshal.Write(_change, what);
        MemoryMarshal.Write(_change.AsSpan(TokenAt), (long)token);
        Checked(EpollControl(_epoll, operation, (int)socket.Handle, _change));
    }

    private static int Checked(int result) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EpollCreate(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EpollControl(int epoll, int operation, int descriptor, byte[] change);

    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EpollWait(int epoll, [Out] byte[] events, int most, int milliseconds);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}

/// <summary>
/// The operations that a socket can perform now without blocking. A socket that failed or ended is readable: the
/// receive returns the error or the end.
/// </summary>
internal readonly record struct Readiness(int Token, bool CanRead, bool CanWrite);
