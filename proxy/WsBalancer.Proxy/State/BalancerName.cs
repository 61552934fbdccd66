using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WsBalancer.Proxy.State;

/// <summary>Who this balancer is among those of its fleet.</summary>
/// <param name="Id">Its name, unless somebody gave it to two.</param>
/// <param name="Instance">This process, and no other.</param>
internal sealed record BalancerName(string Id, string Instance)
{
    /// <param name="options">May name it.</param>
    /// <param name="adminPort">Tells two on one host apart; 0 is any free port, which nobody knows yet.</param>
    /// <param name="adminSocket">The path of the admin host's Unix socket, instead of the port.</param>
    public static BalancerName Of(StateOptions options, int adminPort, string? adminSocket = null)
    {
        var instance = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var suffix = adminSocket is not null ? HashOf(adminSocket)
            : adminPort == 0 ? instance[..8]
            : adminPort.ToString(CultureInfo.InvariantCulture);
        return new BalancerName(options.Id ?? $"{NameOfMachine()}-{suffix}", instance);
    }

    // A path has characters that no name may have.
    private static string HashOf(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];

    // Some systems allow any character in it, at any length.
    private static string NameOfMachine() => string.Concat(Environment.MachineName
        .Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter))
        .Take(64));
}

/// <summary>The folder of the configuration, where a relative path of the state file begins.</summary>
internal sealed record StateFolder(string Path);
