using System.Security.Claims;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Tests.Access;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Api;

/// <summary>Who may read and publish by HTTP.</summary>
public sealed class ApiAdmissionTests
{
    private const string Key = "the key of the back ends of this fleet";

    private static readonly AccessOptions WithTokens = new()
    {
        Tokens = new TokenOptions { Keys = TokenKeys.Parse(Tokens.Secret), RoomsClaim = "rooms" },
    };

    private static readonly string Token = Tokens.Of("alice", new Claim("rooms", "team-*"));

    // Who sends the request, and the status of: reading team-1, reading board, publishing.
    [Theory]
    [InlineData("none", 401, 401, 401)]
    [InlineData("key", 200, 200, 202)]
    [InlineData("wrong", 401, 401, 401)]
    [InlineData("token", 200, 403, 403)]
    public Task OnANodeWithTokensAndAKey_UsersReadTheirRooms_AndBackEndsDoAll(
        string sender, int readsOwn, int readsOther, int publishes) => CheckAsync(
        WithTokens with { ApiKey = ApiKey.Parse(Key) }, sender, readsOwn, readsOther, publishes);

    [Theory]
    [InlineData("none", 401, 401, 401)]
    [InlineData("key", 401, 401, 401)]
    [InlineData("token", 200, 403, 403)]
    public Task OnANodeWithTokensOnly_NoRequestMayPublish(
        string sender, int readsOwn, int readsOther, int publishes) =>
        CheckAsync(WithTokens, sender, readsOwn, readsOther, publishes);

    [Theory]
    [InlineData("none", 401, 401, 401)]
    [InlineData("key", 200, 200, 202)]
    [InlineData("wrong", 401, 401, 401)]
    [InlineData("token", 401, 401, 401)]
    public Task OnANodeWithAKeyOnly_EveryRequestNeedsIt(
        string sender, int readsOwn, int readsOther, int publishes) => CheckAsync(
        new AccessOptions { ApiKey = ApiKey.Parse(Key) }, sender, readsOwn, readsOther, publishes);

    [Theory]
    [InlineData("none")]
    [InlineData("token")]
    public Task InDevelopmentMode_TheApiIsOpen(string sender) =>
        CheckAsync(new AccessOptions(), sender, 200, 200, 202);

    [Theory]
    [InlineData("https://app.example.com", 202)]
    [InlineData("https://evil.example", 403)]
    public async Task APageOfAnotherOrigin_IsRefused_EvenWithTheKey(string origin, int status)
    {
        await using var node = await StartAsync(
            new AccessOptions { ApiKey = ApiKey.Parse(Key), Origins = ["https://app.example.com"] });
        using var api = new ApiClient(node, Key);

        var response = await api.SendAsync(
            "POST", "/api/users/u/messages", "{\"data\":1}"u8.ToArray(), origin: origin);

        Assert.Equal(status, response.Status);
    }

    [Fact]
    public async Task ARefusal_NamesTheReason()
    {
        await using var node = await StartAsync(WithTokens with { ApiKey = ApiKey.Parse(Key) });
        using var user = new ApiClient(node, Token);
        await using var other = await StartAsync(new AccessOptions { ApiKey = ApiKey.Parse(Key) });
        using var stranger = new ApiClient(other);

        var read = await user.GetAsync("/api/rooms/board/messages");
        var publish = await user.PostAsync("/api/rooms/team-1/messages", """{"data":1}""");
        var missing = await stranger.GetAsync("/api/rooms/board/search?text=x");

        Assert.Equal("The token does not allow room 'board'.", read.Detail);
        Assert.Equal(
            "The token of a user does not allow to publish: that needs the key of --api-key.", publish.Detail);
        Assert.Equal(
            "The key of the API is missing or wrong: expected 'Authorization: Bearer KEY'.", missing.Detail);
        Assert.Equal(("", "Bearer"), (read.Authenticate, missing.Authenticate));
    }

    [Theory]
    [InlineData("the key of the back ends of this fleet", true)]
    [InlineData("the key of the back ends of this fleeT", false)]
    [InlineData("the key of the back ends of this flee", false)]
    [InlineData("", false)]
    public void Matches_OfTheSecretOnly_IsTrue(string secret, bool isMatch) =>
        Assert.Equal(isMatch, ApiKey.Parse($" {Key}\n").Matches(secret));

    [Fact]
    public void Parse_OfAShortSecret_Fails()
    {
        ApiKey.Parse(new string('x', 32));
        var failure = Assert.Throws<FormatException>(() => ApiKey.Parse(new string('x', 31) + "\n"));

        Assert.Equal("a secret has at least 32 bytes", failure.Message);
    }

    private static Task<TestNode> StartAsync(AccessOptions access) =>
        TestNode.StartAsync(TestNode.Options with { Access = access });

    private static async Task CheckAsync(
        AccessOptions access, string sender, int readsOwn, int readsOther, int publishes)
    {
        await using var node = await StartAsync(access);
        using var api = new ApiClient(node, sender switch
        {
            "key" => Key,
            "wrong" => Key + "!",
            "token" => Token,
            _ => null,
        });

        var own = await api.GetAsync("/api/rooms/team-1/messages");
        var other = await api.GetAsync("/api/rooms/board/search?text=x");
        var room = await api.PostAsync("/api/rooms/team-1/messages", """{"data":1}""");
        var user = await api.PostAsync("/api/users/alice/messages", """{"data":1}""");

        Assert.Equal(
            (readsOwn, readsOther, publishes, publishes), (own.Status, other.Status, room.Status, user.Status));
        Assert.Equal(readsOwn == 401 ? "Bearer" : "", own.Authenticate);
    }
}
