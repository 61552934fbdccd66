using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Admin.Listening;

/// <summary>
/// The certificate of the admin host, with the keys of a certificate of Kestrel. Bound from
/// <c>WsBalancer:Admin:Certificate</c>.
/// </summary>
internal sealed record AdminCertificateOptions
{
    private const string Section = "WsBalancer:Admin:Certificate";

    /// <summary>The file: PEM with <see cref="KeyPath"/>, or PKCS #12.</summary>
    [Required]
    public string? Path { get; init; }

    /// <summary>The file of the private key, in PEM.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The password of the key, or of the PKCS #12 file.</summary>
    [Secret]
    public string? Password { get; init; }

    /// <summary>The error if the certificate cannot be used; null if it can.</summary>
    /// <param name="folder">The folder in which relative paths begin.</param>
    public SettingsError? MistakeIn(string folder)
    {
        foreach (var (name, path) in new[] { (nameof(Path), Path), (nameof(KeyPath), KeyPath) })
        {
            if (path is not null && !File.Exists(System.IO.Path.GetFullPath(path, folder)))
            {
                return new SettingsError(
                    $"{Section}:{name}", $"{Section}:{name} is '{path}': expected a file that exists");
            }
        }

        try
        {
            using var certificate = Load(folder);
            return certificate.HasPrivateKey ? null : Unusable("it has no private key");
        }
        catch (Exception ex) when (ex is CryptographicException or IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            return Unusable(ex.Message.TrimEnd('.'));
        }
    }

    private X509Certificate2 Load(string folder)
    {
        var path = System.IO.Path.GetFullPath(Path!, folder);
        if (KeyPath is null)
        {
            return X509CertificateLoader.LoadPkcs12FromFile(path, Password);
        }

        var key = System.IO.Path.GetFullPath(KeyPath, folder);
        return Password is null
            ? X509Certificate2.CreateFromPemFile(path, key)
            : X509Certificate2.CreateFromEncryptedPemFile(path, Password, key);
    }

    private SettingsError Unusable(string why) => new(
        $"{Section}:{nameof(Path)}",
        $"{Section}:{nameof(Path)} is '{Path}': expected a certificate with its private key, in PEM with "
        + $"{nameof(KeyPath)} or in PKCS #12 ({why})");
}
