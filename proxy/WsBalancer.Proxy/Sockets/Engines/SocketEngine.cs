using System.Runtime.Serialization;

namespace WsBalancer.Proxy.Sockets.Engines;

/// <summary>What carries the users' connections.</summary>
internal enum SocketEngine
{
    /// <summary>The best that there is here: io_uring, else epoll, else the platform's sockets.</summary>
    [EnumMember(Value = "auto")]
    Auto,

    /// <summary>Event loops over io_uring, which kernel and container must allow.</summary>
    [EnumMember(Value = "io_uring")]
    IoUring,

    /// <summary>Event loops over epoll, which every Linux has.</summary>
    [EnumMember(Value = "epoll")]
    Epoll,

    /// <summary>The platform's sockets: every tunnel takes the portable path.</summary>
    [EnumMember(Value = "sockets")]
    Sockets,
}

internal static class SocketEngineLabel
{
    /// <summary>The name as it stands in the configuration.</summary>
    public static string Label(this SocketEngine engine) => SettingsScalar.Format(engine)!;
}
