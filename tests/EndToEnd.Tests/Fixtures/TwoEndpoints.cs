using WsBalancer.EndToEnd.Tests.Clients;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>A balancer that listens for cleartext and for TLS, so that one balancer serves both paths.</summary>
internal static class TwoEndpoints
{
    private const string Endpoints = "Kestrel:Endpoints";

    public static BalancerConfig WithTwoEndpoints(this BalancerConfig config, TestCertificate certificate) => config
        .Set(BalancerConfig.UrlsKey, null)
        .Set($"{Endpoints}:clear:Url", "http://127.0.0.1:0")
        .Set($"{Endpoints}:secure:Url", "https://127.0.0.1:0")
        .Set($"{Endpoints}:secure:Certificate:Path", certificate.Path)
        .Set($"{Endpoints}:secure:Certificate:Password", certificate.Password);

    public static Uri UrlOf(this Balancer balancer, string scheme) => balancer.Urls.Single(url => url.Scheme == scheme);
}
