using System.Runtime.Serialization;

namespace WsBalancer.Sockets.Engines;

/// <summary>The engine of the sockets.</summary>
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

    /// <summary>The platform's sockets (Kestrel's socket transport): there are no event loops.</summary>
    [EnumMember(Value = "sockets")]
    Sockets,
}

internal static class SocketEngineLabel
{
    /// <summary>The name of the engine in configurations and logs.</summary>
    public static string Label(this SocketEngine engine) => engine switch
    {
        SocketEngine.Auto => "auto",
        SocketEngine.IoUring => "io_uring",
        SocketEngine.Epoll => "epoll",
        SocketEngine.Sockets => "sockets",
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "The engine has no name."),
    };
}
