using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WsBalancer.Proxy.State;

/// <summary>The identity of this balancer in its fleet.</summary>
/// <param name="Id">The name; unique unless the configuration gives two balancers the same one.</param>
/// <param name="Instance">A random id of this process.</param>
internal sealed record BalancerName(string Id, string Instance)
{
    /// <param name="options">May contain the name.</param>
    /// <param name="adminPort">Distinguishes balancers on one host; 0 is any free port, which is not known yet.</param>
    /// <param name="adminSocket">The path of the admin host's Unix socket, which replaces the port.</param>
    public static BalancerName Of(StateOptions options, int adminPort, string? adminSocket = null)
    {
        var instance = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var suffix = adminSocket is not null ? HashOf(adminSocket)
            : adminPort == 0 ? instance[..8]
            : adminPort.ToString(CultureInfo.InvariantCulture);
        return new BalancerName(options.Id ?? $"{NameOfMachine()}-{suffix}", instance);
    }

    // A path may contain characters that a name must not contain.
    private static string HashOf(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];

    // Some systems allow any character in a machine name, at any length.
    private static string NameOfMachine() => string.Concat(Environment.MachineName
        .Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter))
        .Take(64));
}

/// <summary>The folder of the configuration: relative paths, such as that of the state file, start there.</summary>
internal sealed record ConfigurationFolder(string Path);
