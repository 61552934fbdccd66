using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Status;

/// <summary>
/// The certificates of the endpoints and of the admin host in the configuration, as their files were at the start,
/// which is when the server reads them. Certificates that an application sets in code are not listed.
/// </summary>
internal sealed class ServedCertificates
{
    private static readonly CertificateView[] NoCertificates = [];

    public ServedCertificates(
        IConfiguration configuration, IHostEnvironment environment, ConfigurationFolder? folder = null)
    {
        var admin = configuration.GetSection("WsBalancer:Admin:Certificate");
        var kestrel = configuration.GetSection("Kestrel");
        var shared = kestrel.GetSection("Certificates:Default");
        All =
        [
            .. from endpoint in kestrel.GetSection("Endpoints").GetChildren()
               where endpoint["Url"]?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true
               from section in SectionsOf(endpoint, shared)
               let certificate = Read(section.Name, section.Certificate, environment.ContentRootPath)
               where certificate is not null
               select certificate,
            .. Read("admin", admin, folder?.Path ?? environment.ContentRootPath) is { } own ? [own] : NoCertificates,
        ];
    }

    /// <summary>The certificates whose files can be read; with any other file the server does not start.</summary>
    public IReadOnlyList<CertificateView> All { get; }

    private static IEnumerable<(string Name, IConfigurationSection Certificate)> SectionsOf(
        IConfigurationSection endpoint, IConfigurationSection shared)
    {
        // Kestrel uses the certificate of the endpoint if that names a file or an entry of a store, else the shared
        // one.
        var own = endpoint.GetSection("Certificate");
        yield return (endpoint.Key, own["Path"] is null && own["Subject"] is null ? shared : own);
        foreach (var host in endpoint.GetSection("Sni").GetChildren())
        {
            yield return ($"{endpoint.Key} ({host.Key})", host.GetSection("Certificate"));
        }
    }

    private static CertificateView? Read(string endpoint, IConfigurationSection section, string folder)
    {
        if (section["Path"] is not { Length: > 0 } path)
        {
            return null;
        }

        try
        {
            var full = Path.Combine(folder, path);
            using var certificate = X509Certificate2.GetCertContentType(full) is X509ContentType.Pkcs12
                ? X509CertificateLoader.LoadPkcs12FromFile(full, section["Password"])
                : X509CertificateLoader.LoadCertificateFromFile(full);
            return new CertificateView(endpoint, certificate.Subject, certificate.NotAfter.ToUniversalTime());
        }
        catch (Exception ex) when (ex is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // The server reports the file, and does not start.
            return null;
        }
    }
}
