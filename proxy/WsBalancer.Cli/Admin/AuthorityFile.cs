using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsBalancer.Cli.Admin;

/// <summary>Reads the certificate authorities that a command trusts for the balancer's certificate.</summary>
internal static class AuthorityFile
{
    /// <exception cref="CommandFailure">
    /// The file cannot be read or has no certificate, or the address is not https.
    /// </exception>
    public static X509Certificate2Collection Read(string path, Uri address)
    {
        if (address.Scheme != Uri.UriSchemeHttps)
        {
            throw new CommandFailure(
                ExitCode.Usage, $"--ca requires an https address, and {address.OriginalString} is not one.");
        }

        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            return authorities.Count > 0
                ? authorities
                : throw new CommandFailure(ExitCode.Usage, $"{path} has no certificate in PEM.");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException
            or ArgumentException)
        {
            throw new CommandFailure(ExitCode.Usage, $"--ca {path} cannot be read: {cause.Message}", cause);
        }
    }
}
