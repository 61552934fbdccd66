using Microsoft.Extensions.Configuration;

namespace WsBalancer.Proxy.Admin.Listening;

/// <summary>The endpoint of the admin host in the configuration schema of Kestrel.</summary>
internal static class AdminEndpoint
{
    private const string Section = "Endpoints:Admin";

    /// <param name="options">The address and the certificate.</param>
    /// <param name="folder">The folder in which relative paths begin.</param>
    public static IConfiguration Of(AdminOptions options, string folder)
    {
        var settings = new Dictionary<string, string?>
        {
            [$"{Section}:Url"] = options.SocketPath is { } path ? $"http://unix:{path}" : options.Address,
        };
        if (options.Certificate is { } certificate)
        {
            settings[$"{Section}:Certificate:Path"] = Path.GetFullPath(certificate.Path!, folder);
            settings[$"{Section}:Certificate:KeyPath"] =
                certificate.KeyPath is { } key ? Path.GetFullPath(key, folder) : null;
            settings[$"{Section}:Certificate:Password"] = certificate.Password;
        }

        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }
}
