namespace WsBalancer.Sockets.Linux;

/// <summary>The kernel of this machine, by way of the C library.</summary>
internal sealed unsafe class LinuxKernel : Kernel
{
    // System calls without a function in the C library (asm-generic/unistd.h).
    private const int UringSetupCall = 425;
    private const int UringEnterCall = 426;
    private const int UringRegisterCall = 427;

    public override int EpollCreate(int flags) => LibC.EpollCreate(flags);

    public override int EpollControl(int epoll, int operation, int descriptor, void* epollEvent) =>
        LibC.EpollControl(epoll, operation, descriptor, epollEvent);

    public override int EpollWait(int epoll, void* events, int maxEvents, int timeoutMilliseconds) =>
        LibC.EpollWait(epoll, events, maxEvents, timeoutMilliseconds);

    public override int UringSetup(uint entries, void* parameters) =>
        (int)LibC.SystemCall(UringSetupCall, (nint)entries, (nint)parameters, 0, 0, 0, 0);

    public override int UringEnter(
        int ring, uint submissions, uint completions, uint flags, void* argument, nuint argumentLength) =>
        (int)LibC.SystemCall(
            UringEnterCall,
            ring,
            (nint)submissions,
            (nint)completions,
            (nint)flags,
            (nint)argument,
            (nint)argumentLength);

    public override int UringRegister(int ring, int operation, void* argument, int count) =>
        (int)LibC.SystemCall(UringRegisterCall, ring, operation, (nint)argument, count, 0, 0);

    public override void* Map(
        void* address, nuint length, int protection, int flags, int descriptor, nint offset) =>
        LibC.Map(address, length, protection, flags, descriptor, offset);

    public override int Unmap(void* address, nuint length) => LibC.Unmap(address, length);

    public override int EventDescriptor(uint initial, int flags) => LibC.EventDescriptor(initial, flags);

    public override nint Write(int descriptor, void* buffer, nuint length) => LibC.Write(descriptor, buffer, length);

    public override int Open(string path, int flags) => LibC.Open(path, flags);

    public override int Close(int descriptor) => LibC.Close(descriptor);

    public override int GetLimit(int resource, ulong* currentAndMost) => LibC.GetLimit(resource, currentAndMost);

    public override int Socket(int family, int type, int protocol) => LibC.Socket(family, type, protocol);

    public override int Bind(int descriptor, void* address, uint addressLength) =>
        LibC.Bind(descriptor, address, addressLength);

    public override int Connect(int descriptor, void* address, uint addressLength) =>
        LibC.Connect(descriptor, address, addressLength);

    public override int Accept(int descriptor, int flags) => LibC.Accept(descriptor, null, null, flags);

    public override int GetSocketName(int descriptor, void* address, uint* addressLength) =>
        LibC.GetSocketName(descriptor, address, addressLength);

    public override int GetPeerName(int descriptor, void* address, uint* addressLength) =>
        LibC.GetPeerName(descriptor, address, addressLength);

    public override int GetSocketOption(int descriptor, int level, int name, void* value, uint* length) =>
        LibC.GetSocketOption(descriptor, level, name, value, length);

    public override int SetSocketOption(int descriptor, int level, int name, void* value, uint length) =>
        LibC.SetSocketOption(descriptor, level, name, value, length);

    public override nint Receive(int descriptor, void* buffer, nuint length, int flags) =>
        LibC.Receive(descriptor, buffer, length, flags);

    public override nint Send(int descriptor, void* buffer, nuint length, int flags) =>
        LibC.Send(descriptor, buffer, length, flags);

    public override nint SendMessage(int descriptor, MessageHeader* message, int flags) =>
        LibC.SendMessage(descriptor, message, flags);

    public override int Shutdown(int descriptor, int how) => LibC.Shutdown(descriptor, how);
}
