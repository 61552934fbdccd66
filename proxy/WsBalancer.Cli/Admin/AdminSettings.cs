using System.Security.Cryptography.X509Certificates;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Admin;

/// <summary>Which balancer an operator's command speaks to, and how it answers.</summary>
/// <remarks>
/// <c>Address</c> ends with a slash, unless it is that of a Unix socket. <c>Cluster</c> is null to take the only one
/// there is.
/// </remarks>
internal sealed record AdminSettings(Uri Address, string? Token, string? Cluster, OutputForm Form)
{
    public const string UnixScheme = "unix";

    /// <summary>Whether the answer is written as a document, and nothing else on standard output.</summary>
    public bool IsDocument => Form is OutputForm.Json or OutputForm.Yaml;

    /// <summary>The authorities of the balancer's certificate; null for those of the system.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The value of the header that names the caller; null for no header.</summary>
    public string? Caller { get; init; }

    /// <summary>The address as messages show it.</summary>
    public string Name => SocketPath is null ? Address.ToString() : Address.OriginalString;

    /// <summary>The path of the balancer's Unix socket; null for an address.</summary>
    public string? SocketPath =>
        Address.Scheme == UnixScheme ? Address.OriginalString[(UnixScheme.Length + 1)..] : null;
}
