using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsBalancer.EndToEnd.Tests.Clients;

/// <summary>
/// A certificate for 127.0.0.1, created for one test, in a file that a server's configuration can name.
/// </summary>
internal sealed class TestCertificate : IDisposable
{
    private TestCertificate(X509Certificate2 certificate)
    {
        Certificate = certificate;
        File.WriteAllBytes(Path, certificate.Export(X509ContentType.Pfx, Password));
    }

    public X509Certificate2 Certificate { get; }

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public string Password { get; } = Guid.NewGuid().ToString("N");

    public static TestCertificate Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();

        return new TestCertificate(request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1)));
    }

    /// <summary>Performs the handshake of a client that accepts only this certificate.</summary>
    public async Task<SslStream> Authenticate(
        Stream stream, SslApplicationProtocol protocol, CancellationToken cancellation)
    {
        var tls = new SslStream(stream);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [protocol],
            RemoteCertificateValidationCallback = IsPresented,
        };
        await tls.AuthenticateAsClientAsync(options, cancellation);
        return tls;
    }

    /// <summary>Whether a server presents exactly this certificate, which is stricter than a chain of trust.</summary>
    public bool IsPresented(object sender, X509Certificate? presented, X509Chain? chain, SslPolicyErrors errors) =>
        presented?.GetCertHashString() == Certificate.GetCertHashString();

    public void Dispose()
    {
        Certificate.Dispose();
        File.Delete(Path);
    }
}
