using System.Reflection;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Admin.Status;

/// <summary>
/// The configuration as it was applied last, without secrets. Of an application's configuration it contains only the
/// parts that the balancer, YARP and the server read.
/// </summary>
internal sealed class ConfigurationReader(IConfiguration configuration)
{
    private const string Hidden = "(hidden)";
    private const string Redis = "WsBalancer:State:Redis";
    private const string Metadata = ":Metadata:";

    private static readonly string[] Parts =
        ["AllowedHosts", "Kestrel", "Logging", "ReverseProxy", "Urls", "WsBalancer"];

    // The ends of the names of secrets in the parts of YARP and the server.
    private static readonly string[] SecretEnds = ["password", "passphrase", "secret", "token", "apikey", "credential"];

    // The settings of the balancer that are marked as secrets.
    private static readonly HashSet<string> Secrets = typeof(SecretAttribute).Assembly.GetTypes()
        .SelectMany(static type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        .Where(static property => property.IsDefined(typeof(SecretAttribute)))
        .Select(static property => property.Name)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] ShownMetadata = ["Weight", "RingKey"];

    /// <summary>The settings by key, in the order of the keys.</summary>
    public IReadOnlyDictionary<string, string> Read() => new SortedDictionary<string, string>(
        Parts.Select(configuration.GetSection)
            .SelectMany(static part => part.AsEnumerable())
            .Where(static setting => setting.Value is not null)
            .ToDictionary(static setting => setting.Key, static setting => Shown(setting.Key, setting.Value!)),
        StringComparer.OrdinalIgnoreCase);

    private static string Shown(string key, string value) => value switch
    {
        "" => value,
        _ when key.Equals(Redis, StringComparison.OrdinalIgnoreCase) => WithoutPassword(value),
        _ when IsSecret(key, key[(key.LastIndexOf(':') + 1)..]) => Hidden,
        _ when Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0 =>
            new UriBuilder(uri) { UserName = "", Password = "" }.Uri.AbsoluteUri,
        _ => value,
    };

    private static bool IsSecret(string key, string name) =>
        Secrets.Contains(name)
        || Array.Exists(SecretEnds, end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase))
        || (Has(key, Metadata) && !ShownMetadata.Contains(name, StringComparer.OrdinalIgnoreCase))

        // The headers and queries that a route requires, and those that its transforms set.
        || (Has(key, ":Match:") && Has(key, ":Values:"))
        || (Has(key, ":Transforms:") && name.ToUpperInvariant() is "SET" or "APPEND");

    private static bool Has(string key, string part) => key.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static string WithoutPassword(string redis)
    {
        try
        {
            return ConfigurationOptions.Parse(redis).ToString(includePassword: false);
        }
        catch (Exception ex) when (ex is ArgumentException or FormatException or OverflowException)
        {
            // StackExchange.Redis has no method that checks a text without throwing.
            return Hidden;
        }
    }
}
