using System.Runtime.InteropServices;

namespace WsBalancer.Sockets.Uring;

/// <summary><c>struct io_uring_getevents_arg</c> (linux/io_uring.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WaitArgument
{
    public ulong SignalMask;
    public uint SignalMaskSize;

    /// <summary>After this time, one completion is enough to end the wait.</summary>
    public uint MinimalWaitMicroseconds;

    public ulong Timeout;
}
