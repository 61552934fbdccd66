using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Checking;

/// <summary>An address to listen on.</summary>
internal sealed class ListenAddress
{
    // Empty for a Unix socket.
    private readonly IPAddress[] _addresses;
    private readonly int _port;

    private ListenAddress(string key, string url, BindingAddress parsed, IPAddress[] addresses)
    {
        (Key, Url, _addresses) = (key, url, addresses);
        _port = parsed.IsUnixPipe ? 0 : parsed.Port;
        IsSecure = parsed.Scheme == Uri.UriSchemeHttps;
    }

    public string Key { get; }

    public string Url { get; }

    public bool IsSecure { get; }

    /// <returns>The address; null if the text is not an address to listen on.</returns>
    public static ListenAddress? Find(string key, string url)
    {
        BindingAddress parsed;
        try
        {
            parsed = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            // The server's own parser has no Try method.
            return null;
        }

        var addresses = parsed.IsUnixPipe ? [] : AddressesOf(parsed.Host);
        return addresses is not null
            && (parsed.IsUnixPipe || HasPort(url, parsed))
            && parsed.PathBase.Length == 0
            && parsed.Scheme is "http" or "https"
            ? new ListenAddress(key, url, parsed, addresses)
            : null;
    }

    /// <summary>Whether a process cannot listen on both addresses.</summary>
    public bool Overlaps(ListenAddress other) => _port != 0 && _port == other._port
        && Array.Exists(_addresses, mine => Array.Exists(other._addresses, theirs =>
            mine.Equals(theirs) || Covers(mine, theirs) || Covers(theirs, mine)));

    /// <summary>The mistake that the address is not one of this machine.</summary>
    public SettingsError? LocalMistake() =>
        _addresses is [var address] && MachineAddress.BindErrorOf(address) is { } why
        ? new SettingsError(Key, $"{Key} is '{Url}': expected an address of this machine, localhost or * ({why})")
        : null;

    // The server reads any other host as "all addresses".
    private static IPAddress[]? AddressesOf(string host) => host switch
    {
        "*" or "+" => [IPAddress.IPv6Any],
        _ when host.Equals("localhost", StringComparison.OrdinalIgnoreCase) =>
            [IPAddress.Loopback, IPAddress.IPv6Loopback],
        _ => IPAddress.TryParse(host, out var address) ? [address] : null,
    };

    // BindingAddress has the port of the scheme if the text has none, and reads an invalid port as a part of the host.
    private static bool HasPort(string url, BindingAddress address) =>
        address.Port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort
        && (url.TrimEnd('/').EndsWith($":{address.Port}", StringComparison.Ordinal)
            || url.TrimEnd('/').EndsWith($"//{address.Host}", StringComparison.OrdinalIgnoreCase));

    // A socket that listens on all IPv6 addresses also accepts connections to IPv4 addresses.
    private static bool Covers(IPAddress all, IPAddress one) =>
        all.Equals(IPAddress.IPv6Any)
        || (all.Equals(IPAddress.Any) && one.AddressFamily == AddressFamily.InterNetwork);
}
