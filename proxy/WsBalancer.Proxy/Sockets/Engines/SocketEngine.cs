using System.Runtime.Serialization;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Sockets.Engines;

/// <summary>The engine of the sockets of clients and of native tunnels.</summary>
internal enum SocketEngine
{
    /// <summary>The best engine that is available: io_uring, else epoll, else the platform's sockets.</summary>
    [EnumMember(Value = "auto")]
    Auto,

    /// <summary>Event loops over io_uring, which the kernel and the container must allow.</summary>
    [EnumMember(Value = "io_uring")]
    IoUring,

    /// <summary>Event loops over epoll, which every Linux kernel has.</summary>
    [EnumMember(Value = "epoll")]
    Epoll,

    /// <summary>The platform's sockets (Kestrel's socket transport): every tunnel uses the portable path.</summary>
    [EnumMember(Value = "sockets")]
    Sockets,
}

internal static class SocketEngineLabel
{
    /// <summary>The name of the engine in the configuration.</summary>
    public static string Label(this SocketEngine engine) => SettingsScalar.Format(engine)!;
}
