namespace WsBalancer.Proxy.Sockets.Linux;

/// <summary>What a limit of descriptors is enough for.</summary>
internal static class DescriptorBudget
{
    /// <summary>The descriptors of a tunnel: its client's and its node's.</summary>
    public const int PerTunnel = 2;

    // The runtime keeps a descriptor open for each assembly, of which there are about 250.
    private const int Runtime = 288;

    // An event loop has two of its own, and two for accepting clients.
    private const int PerCore = 4;

    // Assemblies that are loaded with the first tunnel, and not before.
    private const int LoadedLater = 16;

    /// <summary>The least limit with which a balancer can start and serve.</summary>
    public static int Least => Runtime + (PerCore * Environment.ProcessorCount) + DescriptorLimit.KeptByClients;

    /// <summary>How many tunnels a process can have that has started.</summary>
    /// <param name="limit">Its limit.</param>
    /// <param name="held">The descriptors that it holds.</param>
    public static long TunnelsOf(long limit, int held) =>
        Math.Max(0, (limit - held - LoadedLater - DescriptorLimit.KeptByClients) / PerTunnel);
}
