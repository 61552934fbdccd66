using System.Runtime.InteropServices;

namespace WsBalancer.Sockets.Uring;

/// <summary>A request: the kernel's <c>struct io_uring_sqe</c> (linux/io_uring.h), as far as it is used.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct SubmissionEntry
{
    [FieldOffset(0)]
    public byte Operation;

    [FieldOffset(1)]
    public byte Flags;

    /// <summary>ioprio: flags of accept, send and receive.</summary>
    [FieldOffset(2)]
    public ushort Options;

    [FieldOffset(4)]
    public int Descriptor;

    [FieldOffset(16)]
    public void* Address;

    /// <summary>For a cancel: the user data of the request that must end.</summary>
    [FieldOffset(16)]
    public ulong Target;

    [FieldOffset(24)]
    public uint Length;

    /// <summary>The flags of send(2) or accept4(2), or the events of a poll.</summary>
    [FieldOffset(28)]
    public uint OperationFlags;

    [FieldOffset(32)]
    public ulong UserData;

    [FieldOffset(40)]
    public ushort BufferGroup;

    /// <summary>optlen: the bytes after which a multishot receive ends (Linux 6.17); 0 for no limit.</summary>
    [FieldOffset(44)]
    public uint ReceiveLimit;
}
