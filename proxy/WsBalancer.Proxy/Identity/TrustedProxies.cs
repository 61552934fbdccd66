using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace WsBalancer.Proxy.Identity;

/// <summary>The peers whose report of the client's address is trusted: a list of addresses and networks.</summary>
internal sealed class TrustedProxies
{
    public static readonly TrustedProxies None = new([]);

    private readonly IPNetwork[] _networks;

    private TrustedProxies(IPNetwork[] networks) => _networks = networks;

    public bool IsEmpty => _networks.Length == 0;

    /// <summary>Reads a list of addresses and networks; the error names the first text that is neither.</summary>
    public static bool TryParse(
        IReadOnlyList<string> texts,
        [NotNullWhen(true)] out TrustedProxies? proxies,
        [NotNullWhen(false)] out string? error)
    {
        var networks = new IPNetwork[texts.Count];
        for (var i = 0; i < networks.Length; i++)
        {
            if (!TryParse(texts[i], out networks[i]))
            {
                proxies = null;
                error = $"'{texts[i]}' is neither an address nor a network: "
                    + "expected one such as 10.1.2.3, 10.0.0.0/8 or fd00::/8";
                return false;
            }
        }

        proxies = new TrustedProxies(networks);
        error = null;
        return true;
    }

    /// <summary>An IPv4 address mapped into IPv6, as dual-stack sockets report it, counts as IPv4.</summary>
    public bool Contains(IPAddress address)
    {
        var unmapped = ClientAddress.Unmap(address);

        return Array.Exists(_networks, network => network.Contains(unmapped));
    }

    private static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
        {
            if (network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96)
            {
                network = new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96);
            }

            return true;
        }

        if (!ClientAddress.TryParseAddress(text, out var address))
        {
            return false;
        }

        network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return true;
    }
}
