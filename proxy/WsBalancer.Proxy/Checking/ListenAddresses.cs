using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Checking;

/// <summary>Checks the addresses that the data host listens on, as far as possible without listening.</summary>
internal static class ListenAddresses
{
    /// <summary>The key of the addresses that are not configured as endpoints.</summary>
    public const string Urls = "Urls";

    /// <summary>The address of the data host if none is configured.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8080";

    private const string Endpoints = "Kestrel:Endpoints";

    private const string Expected =
        "http://ADDRESS:PORT or https://ADDRESS:PORT with an IP address, localhost or * (all addresses), and a port "
        + "from 0 to 65535";

    // At an address without TLS the server ignores these keys, or refuses to start.
    private static readonly string[] OnlyWithTls = ["Certificate", "Sni", "SslProtocols", "ClientCertificateMode"];

    /// <summary>The configured addresses of the data host, each with its key.</summary>
    public static IEnumerable<(string Key, string Url)> Of(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection(Endpoints);

        // The server ignores Urls if there is an endpoint.
        return endpoints.Exists()
            ? endpoints.GetChildren().Select(endpoint => ($"{endpoint.Path}:Url", endpoint["Url"] ?? ""))
            : AllOf(configuration[Urls] ?? DefaultUrl);
    }

    public static IEnumerable<SettingsError> MistakesIn(IConfiguration configuration)
    {
        var hasDefault = HasCertificate(configuration.GetSection("Kestrel:Certificates:Default"));
        foreach (var (key, url) in AllOf(configuration[Urls] ?? ""))
        {
            if (!TryFind(key, url, out var address, out var mistake))
            {
                yield return mistake;
            }
            else if (address.IsSecure && !hasDefault)
            {
                yield return new SettingsError(
                    key, $"{key} is '{url}': expected a certificate for it, Kestrel:Certificates:Default");
            }
        }

        foreach (var mistake in configuration.GetSection(Endpoints).GetChildren()
            .SelectMany(endpoint => MistakesInEndpoint(endpoint, hasDefault)))
        {
            yield return mistake;
        }
    }

    /// <summary>The addresses that conflict with an earlier address in the list.</summary>
    public static IEnumerable<SettingsError> ConflictsIn(IEnumerable<(string Key, string Url)> addresses)
    {
        var before = new List<ListenAddress>();
        foreach (var address in addresses.Select(address => ListenAddress.Find(address.Key, address.Url)))
        {
            if (address is null)
            {
                continue;
            }

            if (before.Find(address.Overlaps) is { } other)
            {
                yield return new SettingsError(
                    address.Key,
                    $"{address.Key} is '{address.Url}': expected another port than {other.Key} has, which is "
                    + $"'{other.Url}'");
            }

            before.Add(address);
        }
    }

    private static IEnumerable<(string Key, string Url)> AllOf(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(url => (Urls, url));

    private static IEnumerable<SettingsError> MistakesInEndpoint(IConfigurationSection endpoint, bool hasDefault)
    {
        var (key, url) = ($"{endpoint.Path}:Url", endpoint["Url"] ?? "");
        if (!TryFind(key, url, out var address, out var mistake))
        {
            return [mistake];
        }

        if (!address.IsSecure)
        {
            return from name in OnlyWithTls
                   let section = endpoint.GetSection(name)
                   where section.Exists()
                   select new SettingsError(
                       section.Path, $"{section.Path} is set, but {key} is '{url}': expected https");
        }

        var hasOwn = HasCertificate(endpoint.GetSection("Certificate"));
        return hasOwn || hasDefault || endpoint.GetSection("Sni").Exists()
            ? []
            : [new SettingsError(
                $"{endpoint.Path}:Certificate",
                $"{endpoint.Path}:Certificate is missing: expected Path (and KeyPath or Password), or Subject "
                + "and Store, here or in Kestrel:Certificates:Default")];
    }

    private static bool HasCertificate(IConfigurationSection certificate) =>
        certificate["Path"] is not null || certificate["Subject"] is not null;

    private static bool TryFind(
        string key,
        string url,
        [NotNullWhen(true)] out ListenAddress? address,
        [NotNullWhen(false)] out SettingsError? mistake)
    {
        address = ListenAddress.Find(key, url);
        mistake = address is null
            ? new SettingsError(key, $"{key} is '{url}': expected {Expected}.")
            : address.LocalMistake();
        return address is not null && mistake is null;
    }
}
