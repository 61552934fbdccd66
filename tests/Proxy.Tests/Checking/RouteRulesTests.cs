namespace WsBalancer.Proxy.Tests.Checking;

/// <summary>Routes with which all requests, or a part of them, would fail.</summary>
public sealed class RouteRulesTests
{
    private const string A = "ReverseProxy:Routes:a:";
    private const string B = "ReverseProxy:Routes:b:";

    private static readonly Dictionary<string, string?> NoRoute = ChatSettings.OfNodes("ws-1")
        .Where(pair => !pair.Key.StartsWith("ReverseProxy:Routes:", StringComparison.Ordinal))
        .ToDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, string?> Two = NoRoute
        .With(A + "ClusterId", "chat").With(A + "Match:Path", "/ws/{id}")
        .With(B + "ClusterId", "chat").With(B + "Match:Path", "/ws/{id}");

    [Fact]
    public async Task NoRoute_IsAMistake() => Assert.Equal(
        [
            "ReverseProxy:Routes is empty: expected at least one route, without which every request is answered with "
                + "404.",
        ],
        await Mistakes.InAsync(NoRoute));

    [Fact]
    public async Task EqualRoutes_AreAMistake() => Assert.Equal(
        [
            "ReverseProxy:Routes:b matches the same requests as ReverseProxy:Routes:a: expected another Match or "
                + "Order, since requests that match both are answered with 500.",
        ],
        await Mistakes.InAsync(Two));

    [Theory]
    [InlineData("Match:Path", "/WS/{user}")]
    [InlineData("Match:Path", "ws/{user}")]
    [InlineData("Order", "0")]
    [InlineData("Metadata:Zone", "eu")]
    public async Task Routes_WithAnotherSpellingOfTheSame_AreEqual(string key, string value) =>
        Assert.Single(await Mistakes.InAsync(Two.With(B + key, value)));

    [Theory]
    [InlineData("Match:Path", "/ws/{*id}")]
    [InlineData("Match:Path", "/ws/{id:int}")]
    [InlineData("Match:Path", "/chat/{id}")]
    [InlineData("Match:Hosts:0", "chat.example")]
    [InlineData("Match:Methods:0", "GET")]
    [InlineData("Match:Headers:0:Name", "X-Kind")]
    [InlineData("Match:QueryParameters:0:Name", "kind")]
    [InlineData("Order", "1")]
    public async Task Routes_ThatDiffer_AreFine(string key, string value)
    {
        var settings = Two.With(B + key, value);

        Assert.Empty(await Mistakes.InAsync(
            key.EndsWith("Name", StringComparison.Ordinal)
                ? settings.With(B + key.Replace("Name", "Mode", StringComparison.Ordinal), "Exists")
                : settings));
    }

    [Theory]
    [InlineData("Match:Hosts", "chat.example", "CHAT.example", "other.example")]
    [InlineData("Match:Methods", "GET", "get", "POST")]
    public async Task Routes_WithAHostOrAMethodInCommon_AreEqual(string key, string value, string same, string other)
    {
        var common = Two.With($"{A}{key}:0", value).With($"{B}{key}:0", other).With($"{B}{key}:1", same);

        Assert.Single(await Mistakes.InAsync(common));
        Assert.Empty(await Mistakes.InAsync(Two.With($"{A}{key}:0", value).With($"{B}{key}:0", other)));
    }

    [Fact]
    public async Task Routes_WithTheSameHeaders_AreEqual()
    {
        var settings = Two;
        foreach (var route in (string[])[A, B])
        {
            settings = settings
                .With(route + "Match:Headers:0:Name", "X-Kind")
                .With(route + "Match:Headers:0:Values:0", "chat");
        }

        Assert.Single(await Mistakes.InAsync(settings));
        Assert.Empty(await Mistakes.InAsync(settings.With(B + "Match:Headers:0:Values:0", "news")));
    }
}
