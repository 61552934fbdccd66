namespace WsBalancer.Proxy.Tunnels;

/// <summary>The data paths of tunnels.</summary>
internal enum TunnelPath
{
    /// <summary>YARP copies bytes between streams of the balancer.</summary>
    Portable,

    /// <summary>An event loop of the balancer relays bytes between two sockets.</summary>
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
