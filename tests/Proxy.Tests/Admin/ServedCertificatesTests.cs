using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using WsBalancer.Proxy.Admin.Status;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class ServedCertificatesTests : IDisposable
{
    private static readonly DateTimeOffset End = new(2040, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-certificates-");

    public ServedCertificatesTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=ws.example", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(End.AddYears(-20), End);
        File.WriteAllText(Path.Combine(_folder.FullName, "tls.pem"), certificate.ExportCertificatePem());
        File.WriteAllBytes(
            Path.Combine(_folder.FullName, "tls.pfx"), certificate.Export(X509ContentType.Pkcs12, "secret"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("Endpoints:https:Certificate:Path", "tls.pem", "https")]
    [InlineData("Certificates:Default:Path", "tls.pem", "https")]
    [InlineData("Endpoints:https:Sni:ws.example:Certificate:Path", "tls.pem", "https (ws.example)")]
    [InlineData("Endpoints:https:Certificate:Path", "tls.pfx", "https")]
    public void CertificateOfAnEndpoint_IsListedWithItsEnd(string key, string file, string endpoint)
    {
        var certificate = Assert.Single(Read(
            (key, file), ("Endpoints:https:Certificate:Password", "secret"), ("Endpoints:plain:Url", "http://*:80")));

        Assert.Equal(new CertificateView(endpoint, "CN=ws.example", End), certificate);
    }

    [Theory]
    [InlineData("absent.pem")]
    [InlineData("tls.pfx")]
    public void FileThatCannotBeRead_IsNotListed(string file) =>
        Assert.Empty(Read(("Endpoints:https:Certificate:Path", file)));

    [Fact]
    public void CertificateOfTheAdminHost_IsListed()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("WsBalancer:Admin:Certificate:Path", (string?)"tls.pem")])
            .Build();
        var served = new ServedCertificates(
            configuration, new HostingEnvironment { ContentRootPath = "/" }, new ConfigurationFolder(_folder.FullName));

        Assert.Equal([new CertificateView("admin", "CN=ws.example", End)], served.All);
    }

    private IReadOnlyList<CertificateView> Read(params (string Key, string Value)[] settings) => new ServedCertificates(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Append(("Endpoints:https:Url", "https://*:443"))
                .Select(setting => KeyValuePair.Create($"Kestrel:{setting.Item1}", (string?)setting.Item2)))
            .Build(),
        new HostingEnvironment { ContentRootPath = _folder.FullName }).All;
}
