namespace WsBalancer.Proxy.Tests.Checking;

public sealed class ListenAddressesTests
{
    private const string Foreign = "expected an address of this machine, localhost or * (";

    private static readonly Dictionary<string, string?> Right = ChatSettings.OfNodes("ws-1");

    // Addresses for documentation (RFC 5737, RFC 3849).
    [Theory]
    [InlineData("Urls", "http://192.0.2.1:8080")]
    [InlineData("Urls", "http://[2001:db8::1]:8080")]
    [InlineData("Kestrel:Endpoints:a:Url", "http://192.0.2.1:8080")]
    public async Task AddressOfAnotherMachine_IsAMistake(string key, string url)
    {
        var mistake = Assert.Single(await Mistakes.InAsync(Right.With(key, url)));

        Assert.StartsWith($"{key} is '{url}': {Foreign}", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://ws.example.com:9900",
        "expected http://ADDRESS:PORT or https://ADDRESS:PORT with an IP address or localhost")]
    [InlineData("http://192.0.2.1:9900", Foreign)]
    public async Task AdminAddress_OfAnotherMachine_IsAMistake(string url, string expected)
    {
        var mistake = Assert.Single(await Mistakes.InAsync(
            Right.With("WsBalancer:Admin:Url", url).With("WsBalancer:Admin:Token", "secret")));

        Assert.StartsWith($"WsBalancer:Admin:Url is '{url}': {expected}", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("http://*:8080", "http://127.0.0.1:8080")]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080")]
    [InlineData("http://[::]:8080", "http://localhost:8080")]
    public async Task AdminAndUrls_OnOnePort_AreAMistake(string urls, string admin) => Assert.Equal(
        [$"WsBalancer:Admin:Url is '{admin}': expected another port than Urls has, which is '{urls}'"],
        await Mistakes.InAsync(Right.With("Urls", urls).With("WsBalancer:Admin:Url", admin)));

    [Fact]
    public async Task AdminUrl_AtTheDefaultAddressOfUrls_IsAMistake() => Assert.Equal(
        [
            "WsBalancer:Admin:Url is 'http://127.0.0.1:8080': expected another port than Urls has, which is "
                + "'http://127.0.0.1:8080'",
        ],
        await Mistakes.InAsync(Right.With("WsBalancer:Admin:Url", "http://127.0.0.1:8080")));

    [Fact]
    public async Task TwoEndpoints_OnOnePort_AreAMistake() => Assert.Equal(
        [
            "Kestrel:Endpoints:b:Url is 'http://*:8080': expected another port than Kestrel:Endpoints:a:Url has, which "
                + "is 'http://127.0.0.1:8080'",
        ],
        await Mistakes.InAsync(Right
            .With("Kestrel:Endpoints:a:Url", "http://127.0.0.1:8080")
            .With("Kestrel:Endpoints:b:Url", "http://*:8080")));

    [Theory]
    [InlineData("http://127.0.0.1:0;http://127.0.0.1:0", "http://127.0.0.1:0")]
    [InlineData("http://[::1]:8080", "http://127.0.0.1:8080")]
    [InlineData("http://127.0.0.2:8080", "http://127.0.0.1:8080")]
    [InlineData("http://127.0.0.1:8080;http://127.0.0.1:8081", "http://127.0.0.1:9900")]
    public async Task AddressesThatDiffer_AreFine(string urls, string admin) =>
        Assert.Empty(await Mistakes.InAsync(Right.With("Urls", urls).With("WsBalancer:Admin:Url", admin)));

    // With endpoints, the server ignores Urls.
    [Fact]
    public async Task Urls_BesideEndpoints_OccupyNoPort() => Assert.Empty(await Mistakes.InAsync(Right
        .With("Urls", "http://127.0.0.1:8080")
        .With("Kestrel:Endpoints:a:Url", "http://127.0.0.1:8081")
        .With("WsBalancer:Admin:Url", "http://127.0.0.1:8080")));
}
