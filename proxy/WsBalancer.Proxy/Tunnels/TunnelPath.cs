namespace WsBalancer.Proxy.Tunnels;

/// <summary>On which data path a tunnel is.</summary>
internal enum TunnelPath
{
    /// <summary>YARP copies through streams of ours.</summary>
    Portable,

    /// <summary>An event loop of ours relays between two sockets.</summary>
    Native,
}

/// <summary>The published names of <see cref="TunnelPath"/>.</summary>
internal static class TunnelPathLabel
{
    /// <summary>Every label, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<TunnelPath>().Select(Of)];

    public static string Of(TunnelPath path) => path switch
    {
        TunnelPath.Portable => "portable",
        TunnelPath.Native => "native",
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "No label is published for this path."),
    };
}
