using System.Runtime.InteropServices;

namespace WsBalancer.Sockets.Linux;

/// <summary>
/// The system calls of the event loops and of their sockets. Each returns −1 on failure, with the reason in
/// <see cref="Marshal.GetLastPInvokeError"/>, one of <see cref="Errno"/>.
/// </summary>
internal abstract unsafe class Kernel
{
    /// <summary>The kernel of this machine.</summary>
    public static Kernel Linux { get; } = new LinuxKernel();

    public abstract int EpollCreate(int flags);

    public abstract int EpollControl(int epoll, int operation, int descriptor, void* epollEvent);

    public abstract int EpollWait(int epoll, void* events, int maxEvents, int timeoutMilliseconds);

    /// <summary>io_uring_setup(2).</summary>
    public abstract int UringSetup(uint entries, void* parameters);

    /// <summary>io_uring_enter(2).</summary>
    public abstract int UringEnter(
        int ring, uint submissions, uint completions, uint flags, void* argument, nuint argumentLength);

    /// <summary>io_uring_register(2).</summary>
    public abstract int UringRegister(int ring, int operation, void* argument, int count);

    /// <summary>Maps memory; −1 (not null) on failure.</summary>
    public abstract void* Map(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    public abstract int Unmap(void* address, nuint length);

    public abstract int EventDescriptor(uint initial, int flags);

    public abstract nint Write(int descriptor, void* buffer, nuint length);

    public abstract int Open(string path, int flags);

    public abstract int Close(int descriptor);

    public abstract int GetLimit(int resource, ulong* currentAndMost);

    public abstract int Socket(int family, int type, int protocol);

    public abstract int Bind(int descriptor, void* address, uint addressLength);

    public abstract int Connect(int descriptor, void* address, uint addressLength);

    public abstract int Accept(int descriptor, int flags);

    public abstract int GetSocketName(int descriptor, void* address, uint* addressLength);

    public abstract int GetPeerName(int descriptor, void* address, uint* addressLength);

    public abstract int GetSocketOption(int descriptor, int level, int name, void* value, uint* length);

    public abstract int SetSocketOption(int descriptor, int level, int name, void* value, uint length);

    public abstract nint Receive(int descriptor, void* buffer, nuint length, int flags);

    public abstract nint Send(int descriptor, void* buffer, nuint length, int flags);

    public abstract nint SendMessage(int descriptor, MessageHeader* message, int flags);

    public abstract int Shutdown(int descriptor, int how);

    /// <summary>Sets an option whose value is an integer.</summary>
    public int SetSocketOption(int descriptor, int level, int name, int value) =>
        SetSocketOption(descriptor, level, name, &value, sizeof(int));
}
