using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace WsBalancer.Proxy.Admin.Status;

/// <summary>
/// The settings in force, without secrets. Of an application's configuration only the parts that the balancer, YARP and
/// the server read.
/// </summary>
internal sealed class ConfigurationReader(IConfiguration configuration)
{
    private const string Hidden = "(hidden)";

    private static readonly string[] Parts =
        ["AllowedHosts", "Kestrel", "Logging", "ReverseProxy", "Urls", "WsBalancer"];

    private static readonly string[] Secrets = ["password", "passphrase", "secret", "token", "apikey", "credential"];

    // The values of YARP's header and query transforms.
    private static readonly string[] TransformValues = ["Set", "Append"];

    /// <summary>By key, in the order of the keys.</summary>
    public IReadOnlyDictionary<string, string> Read() => new SortedDictionary<string, string>(
        Parts.Select(configuration.GetSection)
            .SelectMany(static part => part.AsEnumerable())
            .Where(static setting => setting.Value is not null)
            .ToDictionary(static setting => setting.Key, static setting => Shown(setting.Key, setting.Value!)),
        StringComparer.OrdinalIgnoreCase);

    private static string Shown(string key, string value)
    {
        var name = key[(key.LastIndexOf(':') + 1)..];
        if (value.Length == 0)
        {
            return value;
        }

        if (key.Equals("WsBalancer:State:Redis", StringComparison.OrdinalIgnoreCase))
        {
            return WithoutPassword(value);
        }

        var isSecret = Array.Exists(Secrets, secret => name.EndsWith(secret, StringComparison.OrdinalIgnoreCase))
            || (key.Contains(":Transforms:", StringComparison.OrdinalIgnoreCase)
                && Array.Exists(TransformValues, word => name.Equals(word, StringComparison.OrdinalIgnoreCase)));
        return isSecret ? Hidden : value;
    }

    private static string WithoutPassword(string redis)
    {
        try
        {
            return ConfigurationOptions.Parse(redis).ToString(includePassword: false);
        }
        catch (Exception ex) when (ex is ArgumentException or FormatException or OverflowException)
        {
            // The client has no other way to check a text.
            return Hidden;
        }
    }
}
