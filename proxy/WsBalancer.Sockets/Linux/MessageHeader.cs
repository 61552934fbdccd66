using System.Runtime.InteropServices;

namespace WsBalancer.Sockets.Linux;

/// <summary><c>struct iovec</c>: a piece of memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Start;
    public nuint Length;
}

/// <summary><c>struct msghdr</c> (bits/socket.h): several pieces that are sent as one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public nuint NameLength;
    public IoVector* Vectors;
    public nuint Count;
    public void* Control;
    public nuint ControlLength;
    public nuint Flags;
}
