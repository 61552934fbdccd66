using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy;

/// <summary>Checks where users are to connect, as far as that can be told without listening there.</summary>
internal static class ListenAddresses
{
    public static IEnumerable<SettingsError> MistakesIn(IConfiguration configuration)
    {
        foreach (var url in (configuration["Urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsAddress(url))
            {
                yield return Mistake("Urls", url);
            }
        }

        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            if (!IsAddress(endpoint["Url"]))
            {
                yield return Mistake($"{endpoint.Path}:Url", endpoint["Url"] ?? "");
            }

            if (endpoint["Certificate:Path"] is { } path && !File.Exists(path))
            {
                var key = $"{endpoint.Path}:Certificate:Path";
                yield return new SettingsError(key, $"{key} is '{path}': there is no such file.");
            }
        }
    }

    private static SettingsError Mistake(string key, string url) =>
        new(key, $"{key} is '{url}': expected http://ADDRESS:PORT or https://ADDRESS:PORT.");

    private static bool IsAddress(string? url)
    {
        try
        {
            return BindingAddress.Parse(url ?? "").Scheme is "http" or "https";
        }
        catch (FormatException)
        {
            // There is no other way to ask the server's own parser.
            return false;
        }
    }
}
