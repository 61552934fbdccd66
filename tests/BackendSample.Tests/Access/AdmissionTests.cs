using System.Net;
using System.Security.Claims;
using System.Text.Json;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Access;

/// <summary>Handshakes of clients with and without tokens, from pages of several origins.</summary>
public sealed class AdmissionTests
{
    private static readonly NodeOptions WithTokens = TestNode.Options with
    {
        Access = new AccessOptions
        {
            Tokens = new TokenOptions { Keys = TokenKeys.Parse(Tokens.Secret), RoomsClaim = "rooms" },
        },
    };

    [Fact]
    public async Task Handshake_WithATokenInTheHeader_IsOfItsUser()
    {
        await using var node = await TestNode.StartAsync(WithTokens);

        var welcome = await WelcomeAsync(node, "/ws?user=mallory", client => client.Socket.Options.SetRequestHeader(
            "Authorization", $"Bearer {Tokens.Of("alice")}"));

        Assert.Equal("""{"type":"welcome","node":"ws-1","user":"alice"}""", welcome);
    }

    [Fact]
    public async Task Handshake_WithATokenInTheSubprotocol_IsOfItsUser()
    {
        await using var node = await TestNode.StartAsync(WithTokens);
        using var client = new TestClient();
        client.Socket.Options.AddSubProtocol("wsbalancer.chat.v1");
        client.Socket.Options.AddSubProtocol($"bearer.{Tokens.Of("alice")}");

        await client.ConnectToAsync(node.Address, "/ws");

        Assert.Equal("wsbalancer.chat.v1", client.Socket.SubProtocol);
        Assert.Equal("""{"type":"welcome","node":"ws-1","user":"alice"}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Handshake_WithATokenInTheQuery_IsOfItsUser()
    {
        await using var node = await TestNode.StartAsync(WithTokens);

        var welcome = await WelcomeAsync(node, $"/ws?access_token={Tokens.Of("alice")}");

        Assert.Equal("""{"type":"welcome","node":"ws-1","user":"alice"}""", welcome);
    }

    [Theory]
    [InlineData("/ws?user=alice", "A token is missing")]
    [InlineData("/ws?access_token=x", "Not admitted: the token is not a JSON Web Token.")]
    public async Task Handshake_WithoutAValidToken_IsRefusedWith401(string path, string detail)
    {
        await using var node = await TestNode.StartAsync(WithTokens);
        using var http = new HttpClient { BaseAddress = node.Address };

        using var response = await Handshake.SendAsync(http, path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(Deadline.Token));
        Assert.StartsWith(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData(null, true)]
    [InlineData("https://evil.example", false)]
    public async Task Handshake_OfAPage_IsAcceptedFromItsOrigin(string? origin, bool isAccepted)
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with
        {
            Access = new AccessOptions { Origins = ["https://app.example.com"] },
        });
        using var client = new TestClient();
        client.Socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null)
        {
            client.Socket.Options.SetRequestHeader("Origin", origin);
        }

        var failure = await Record.ExceptionAsync(() => client.ConnectToAsync(node.Address, "/ws?user=alice"));

        Assert.Equal(isAccepted, failure is null);
        Assert.Equal(
            isAccepted ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.Forbidden, client.Socket.HttpStatusCode);
    }

    [Fact]
    public async Task Handshake_WithAnotherSubprotocol_HasNone()
    {
        await using var node = await TestNode.StartAsync();
        using var client = new TestClient();
        client.Socket.Options.AddSubProtocol("mqtt");

        await client.ConnectToAsync(node.Address, "/ws?user=alice");

        Assert.Null(client.Socket.SubProtocol);
    }

    [Fact]
    public async Task Join_OfARoomThatTheTokenDoesNotAllow_IsRefused()
    {
        await using var node = await TestNode.StartAsync(WithTokens);
        using var client = new TestClient();
        await client.ConnectToAsync(
            node.Address, $"/ws?access_token={Tokens.Of("alice", new Claim("rooms", "team-*"))}");
        await client.ReceiveTextAsync();

        await client.JoinAsync("team-1");
        await client.SendAsync("""{"type":"join","room":"board","id":"j1"}""");

        Assert.Equal(
            """{"type":"error","id":"j1","reason":"the token does not allow room 'board'"}""",
            await client.ReceiveTextAsync());
    }

    private static async Task<string> WelcomeAsync(
        TestNode node, string path, Action<TestClient>? prepare = null)
    {
        using var client = new TestClient();
        prepare?.Invoke(client);
        await client.ConnectToAsync(node.Address, path);
        return await client.ReceiveTextAsync();
    }
}
