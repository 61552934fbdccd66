using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>The maximum age of a tunnel: the configured lifetime, varied by a hash of the tunnel's id.</summary>
internal static class TunnelLifetime
{
    /// <returns>Null without a limit.</returns>
    public static TimeSpan? Of(string tunnelId, TunnelOptions options)
    {
        // From -1 to 1, and always the same for the same tunnel.
        var offset = (XxHash3.HashToUInt64(MemoryMarshal.AsBytes(tunnelId.AsSpan())) / (double)ulong.MaxValue * 2) - 1;
        return options.MaxLifetime * (1 + (offset * options.LifetimeJitter));
    }
}
