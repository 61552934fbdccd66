using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy.Sockets;

/// <summary>How many tunnels a limit of descriptors allows.</summary>
internal static class DescriptorBudget
{
    /// <summary>One descriptor for the client's connection and one for the node's.</summary>
    public const int PerTunnel = 2;

    /// <summary>
    /// The reserve that connections to the admin host leave to the rest of the process: the smallest one, because an
    /// operator connects when clients and nodes have used up theirs.
    /// </summary>
    public const int KeptByAdmin = DescriptorLimit.KeptByDialed / 2;

    // The runtime keeps a descriptor open for each assembly, of which there are about 250.
    private const int Runtime = 288;

    // An event loop needs two descriptors of its own, and two for accepting clients.
    private const int PerCore = 4;

    // Assemblies that are loaded only with the first tunnel.
    private const int LoadedLater = 16;

    /// <summary>The least limit with which a balancer can start and serve.</summary>
    public static int Min => Runtime + (PerCore * Environment.ProcessorCount) + DescriptorLimit.KeptByAccepted;

    /// <summary>How many tunnels a started process can have.</summary>
    /// <param name="limit">The limit of its descriptors.</param>
    /// <param name="held">The number of descriptors that it has open.</param>
    public static long TunnelsOf(long limit, int held) =>
        Math.Max(0, (limit - held - LoadedLater - DescriptorLimit.KeptByAccepted) / PerTunnel);
}
