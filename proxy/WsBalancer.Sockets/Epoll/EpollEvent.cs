using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WsBalancer.Sockets.Epoll;

/// <summary>The kernel's <c>struct epoll_event</c> and its flags (linux/eventpoll.h).</summary>
internal static unsafe class EpollEvent
{
    public const uint In = 0x1;
    public const uint Out = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    public const uint ReadHangUp = 0x2000;
    public const uint Exclusive = 1u << 28;
    public const uint Edge = 1u << 31;

    public const int Add = 1;
    public const int Delete = 2;

    // { u32 events; u64 data }, packed on x86-64 only.
    private static readonly int DataOffset =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? sizeof(uint) : sizeof(ulong);

    /// <summary>The length of one event in bytes.</summary>
    public static int Size => DataOffset + sizeof(ulong);

    public static void Write(byte* destination, uint events, ulong number)
    {
        Unsafe.WriteUnaligned(destination, events);
        Unsafe.WriteUnaligned(destination + DataOffset, number);
    }

    /// <summary>Reads one event of an array.</summary>
    public static (uint Events, ulong Number) Read(byte* array, int index)
    {
        var start = array + (index * Size);
        return (Unsafe.ReadUnaligned<uint>(start), Unsafe.ReadUnaligned<ulong>(start + DataOffset));
    }
}
