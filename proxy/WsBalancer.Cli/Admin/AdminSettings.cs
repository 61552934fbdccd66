using System.Security.Cryptography.X509Certificates;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Admin;

/// <summary>The balancer that an operator's command calls, and the form of the command's output.</summary>
/// <remarks>
/// <c>Address</c> ends with a slash, unless it is that of a Unix socket. <c>Cluster</c> is null for the only cluster of
/// the balancer.
/// </remarks>
internal sealed record AdminSettings(Uri Address, string? Token, string? Cluster, OutputForm Form)
{
    public const string UnixScheme = "unix";

    /// <summary>Whether standard output has only documents, and no lines for a person.</summary>
    public bool IsDocument => Form is OutputForm.Json or OutputForm.Yaml;

    /// <summary>The authorities of the balancer's certificate; null for those of the system.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The value of the header that names the caller; null for no header.</summary>
    public string? Caller { get; init; }

    /// <summary>The address as messages show it.</summary>
    public string Name => SocketPath is null ? Address.ToString() : Address.OriginalString;

    /// <summary>The path of the balancer's Unix socket; null for a TCP address.</summary>
    public string? SocketPath =>
        Address.Scheme == UnixScheme ? Address.OriginalString[(UnixScheme.Length + 1)..] : null;
}
