using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class AdminCertificateTests : IDisposable
{
    private const string Key = "WsBalancer:Admin:Certificate:";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-tls-");
    private readonly string _thumbprint;

    public AdminCertificateTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        _thumbprint = certificate.Thumbprint;
        var sealing = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        File.WriteAllText(In("tls.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(In("tls.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(In("sealed.key"), key.ExportEncryptedPkcs8PrivateKeyPem("secret", sealing));
        File.WriteAllBytes(In("tls.pfx"), certificate.Export(X509ContentType.Pkcs12, "secret"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("tls.pem", "tls.key", null)]
    [InlineData("tls.pem", "sealed.key", "secret")]
    [InlineData("tls.pfx", null, "secret")]
    public async Task Https_IsServed(string path, string? key, string? password)
    {
        await using var app = BalancerApp.Build(Settings(path, key, password));
        await app.StartAsync();

        Assert.StartsWith("https://127.0.0.1:", app.AdminUrl, StringComparison.Ordinal);
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    certificate?.GetCertHashString() == _thumbprint,
            },
        };
        using var client = new HttpClient(handler) { Timeout = Deadline.Default };
        using var answer = await client.GetAsync(
            new Uri($"{app.AdminUrl}/api/v1/clusters"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    // The timeout also applies before the TLS handshake.
    [Fact]
    public async Task ConnectionThatSendsNothing_IsClosed()
    {
        await using var app = BalancerApp.Build(Settings("tls.pem", "tls.key", null));
        await app.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(
            IPAddress.Loopback, new Uri(app.AdminUrl).Port, TestContext.Current.CancellationToken);
        var end = client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();

        await Deadline.Until("the connection is closed", () =>
        {
            app.Time.Advance(TimeSpan.FromSeconds(10));
            return end.IsCompleted;
        });

        Assert.Equal(0, await end);
    }

    [Theory]
    [InlineData("absent.pem", "tls.key", null, "Path", "expected a file that exists")]
    [InlineData("tls.pem", "absent.key", null, "KeyPath", "expected a file that exists")]
    [InlineData("tls.pem", null, null, "Path", "expected a certificate with its private key, in PEM with KeyPath or")]
    [InlineData("tls.pem", "sealed.key", "wrong", "Path", "expected a certificate with its private key")]
    [InlineData("tls.pfx", null, "wrong", "Path", "expected a certificate with its private key")]
    public async Task Certificate_ThatCannotBeUsed_IsRefusedAtTheStartAndByTheCheck(
        string path, string? key, string? password, string name, string expected)
    {
        var settings = Settings(path, key, password);

        var check = await ConfigurationCheck.RunAsync(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), _folder.FullName);
        await using var app = BalancerApp.Build(settings);
        var refused = await Assert.ThrowsAsync<SettingsException>(app.StartAsync);

        var mistake = Assert.Single(check.Mistakes);
        Assert.Equal(Key + name, mistake.Key);
        Assert.Contains(expected, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", mistake.Message, StringComparison.Ordinal);
        Assert.Equal([mistake.Message], refused.Mistakes);
    }

    private string In(string file) => Path.Combine(_folder.FullName, file);

    private Dictionary<string, string?> Settings(string path, string? key, string? password)
    {
        var settings = ChatSettings.OfNodes("ws-1")
            .With("WsBalancer:Admin:Url", "https://127.0.0.1:0")
            .With(Key + "Path", In(path));
        settings = key is null ? settings : settings.With(Key + "KeyPath", In(key));
        return password is null ? settings : settings.With(Key + "Password", password);
    }
}
