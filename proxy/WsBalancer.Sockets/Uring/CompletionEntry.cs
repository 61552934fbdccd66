using System.Runtime.InteropServices;

namespace WsBalancer.Sockets.Uring;

/// <summary>The result of a request: <c>struct io_uring_cqe</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionEntry
{
    public ulong UserData;
    public int Result;
    public uint Flags;
}
