using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Access;

/// <summary>Tokens that expire while their client is connected.</summary>
public sealed class TokenRenewalTests
{
    private const string Notice = """{"type":"notice","reason":"token_expired","closeInMs":30000}""";

    // Whole seconds, like the end of a token. The validity of a token is checked with the time of the system.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(
        TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));

    [Fact]
    public async Task Client_WhoseTokenExpires_IsNotifiedAndClosed()
    {
        await using var node = await StartAsync();
        using var client = await ConnectAsync(node, TokenOfAnHour());

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Notice, await client.ReceiveTextAsync());
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal((4001, "token expired"), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Client_WhoseTokenHasExpiredAMomentBefore_IsNotifiedOfTheRestOfTheTime()
    {
        await using var node = await StartAsync();
        var end = _time.GetUtcNow() - TimeSpan.FromSeconds(10);
        using var client = await ConnectAsync(node, Tokens.Until(end, "alice"));

        Assert.Equal(
            """{"type":"notice","reason":"token_expired","closeInMs":20000}""", await client.ReceiveTextAsync());
        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal((4001, "token expired"), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Client_WhoseTokenEndsWithAllTimes_Stays()
    {
        await using var node = await StartAsync();
        using var client = await ConnectAsync(node, Tokens.Until(DateTimeOffset.MaxValue, "alice"));

        _time.Advance(TimeSpan.FromDays(1));
        await client.SendAsync("""{"type":"echo"}""");

        Assert.Equal("""{"type":"echo"}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Client_WithANewToken_Stays()
    {
        await using var node = await StartAsync();
        using var client = await ConnectAsync(node, TokenOfAnHour());
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Notice, await client.ReceiveTextAsync());

        await SendTokenAsync(client, TokenOfAnHour());
        Assert.StartsWith(
            """{"type":"auth","user":"alice","expires":"20""", await client.ReceiveTextAsync(),
            StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromMinutes(30));

        await client.SendAsync("""{"type":"echo"}""");
        Assert.Equal("""{"type":"echo"}""", await client.ReceiveTextAsync());
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(Notice, await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Token_ThatDoesNotFit_IsRefused()
    {
        await using var node = await StartAsync();
        using var client = await ConnectAsync(node, TokenOfAnHour());

        await SendTokenAsync(client, Tokens.Of("bob"));
        await SendTokenAsync(client, "x");
        await client.SendAsync("""{"type":"auth"}""");

        Assert.Equal(
            [
                """{"type":"error","reason":"the token is of another user: connect again with it"}""",
                """{"type":"error","reason":"the token is not a JSON Web Token"}""",
                """{"type":"error","reason":"'token' is missing, empty or not a text"}""",
            ],
            [await client.ReceiveTextAsync(), await client.ReceiveTextAsync(), await client.ReceiveTextAsync()]);
    }

    [Fact]
    public async Task Token_ThatNoLongerAllowsARoom_EndsTheMembership()
    {
        await using var node = await StartAsync();
        using var client = await ConnectAsync(node, TokenOfAnHour(new Claim("rooms", "a b")));
        await client.JoinAsync("a");
        await client.JoinAsync("b");

        await SendTokenAsync(client, Tokens.Of("alice", new Claim("rooms", "b")));

        Assert.StartsWith("""{"type":"auth",""", await client.ReceiveTextAsync(), StringComparison.Ordinal);
        Assert.Equal("""{"type":"left","room":"a"}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Token_OfAClientOfADevelopmentNode_IsRefused()
    {
        await using var node = await TestNode.StartAsync();
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");

        await SendTokenAsync(client, Tokens.Of("alice"));

        Assert.Equal(
            """{"type":"error","reason":"this node uses no tokens"}""", await client.ReceiveTextAsync());
    }

    private string TokenOfAnHour(params Claim[] claims) =>
        Tokens.Until(_time.GetUtcNow() + TimeSpan.FromHours(1), "alice", claims);

    private static Task SendTokenAsync(TestClient client, string token) =>
        client.SendAsync($$"""{"type":"auth","token":"{{token}}"}""");

    private static async Task<TestClient> ConnectAsync(TestNode node, string token)
    {
        var client = new TestClient();
        await client.ConnectToAsync(node.Address, $"/ws?access_token={token}");
        await client.ReceiveTextAsync();
        return client;
    }

    private Task<TestNode> StartAsync() => TestNode.StartAsync(
        TestNode.Options with
        {
            Access = new AccessOptions
            {
                Tokens = new TokenOptions { Keys = TokenKeys.Parse(Tokens.Secret), RoomsClaim = "rooms" },
            },
        },
        services => services.AddSingleton<TimeProvider>(_time));
}
