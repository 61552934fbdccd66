using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy.Checking;

/// <summary>Checks the addresses that the data host listens on, as far as possible without listening.</summary>
internal static class ListenAddresses
{
    private const string Expected =
        "http://ADDRESS:PORT or https://ADDRESS:PORT with an IP address, localhost or * (all addresses), and a port "
        + "from 0 to 65535";

    // At an address without TLS the server ignores these keys, or refuses to start.
    private static readonly string[] OnlyWithTls = ["Certificate", "Sni", "SslProtocols", "ClientCertificateMode"];

    public static IEnumerable<SettingsError> MistakesIn(IConfiguration configuration)
    {
        var hasDefault = HasCertificate(configuration.GetSection("Kestrel:Certificates:Default"));
        foreach (var url in (configuration["Urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (SchemeOf(url) is not { } scheme)
            {
                yield return Mistake("Urls", url);
            }
            else if (scheme == Uri.UriSchemeHttps && !hasDefault)
            {
                yield return new SettingsError(
                    "Urls", $"Urls is '{url}': expected a certificate for it, Kestrel:Certificates:Default");
            }
        }

        foreach (var mistake in configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .SelectMany(endpoint => MistakesInEndpoint(endpoint, hasDefault)))
        {
            yield return mistake;
        }
    }

    private static IEnumerable<SettingsError> MistakesInEndpoint(IConfigurationSection endpoint, bool hasDefault)
    {
        var url = endpoint["Url"] ?? "";
        switch (SchemeOf(url))
        {
            case null:
                return [Mistake($"{endpoint.Path}:Url", url)];
            case "http":
                return from name in OnlyWithTls
                       let section = endpoint.GetSection(name)
                       where section.Exists()
                       select new SettingsError(
                           section.Path, $"{section.Path} is set, but {endpoint.Path}:Url is '{url}': expected https");
            default:
                var hasOwn = HasCertificate(endpoint.GetSection("Certificate"));
                return hasOwn || hasDefault || endpoint.GetSection("Sni").Exists()
                    ? []
                    : [new SettingsError(
                        $"{endpoint.Path}:Certificate",
                        $"{endpoint.Path}:Certificate is missing: expected Path (and KeyPath or Password), or Subject "
                        + "and Store, here or in Kestrel:Certificates:Default")];
        }
    }

    private static bool HasCertificate(IConfigurationSection certificate) =>
        certificate["Path"] is not null || certificate["Subject"] is not null;

    private static SettingsError Mistake(string key, string url) =>
        new(key, $"{key} is '{url}': expected {Expected}.");

    // The server reads any other host as "all addresses", and an invalid port as the port of the scheme.
    private static string? SchemeOf(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            // The server's own parser has no Try method.
            return null;
        }

        var isListenable = address.IsUnixPipe || (IsHost(address.Host) && HasPort(url, address));
        return isListenable && address.PathBase.Length == 0 && address.Scheme is "http" or "https"
            ? address.Scheme
            : null;
    }

    private static bool IsHost(string host) =>
        host is "*" or "+"
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out _);

    // Without a port of its own the port is the scheme's, and a text that is no port is taken for a part of the host.
    private static bool HasPort(string url, BindingAddress address) =>
        address.Port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort
        && (url.TrimEnd('/').EndsWith($":{address.Port}", StringComparison.Ordinal)
            || url.TrimEnd('/').EndsWith($"//{address.Host}", StringComparison.OrdinalIgnoreCase));
}
