using System.Security.Claims;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.IdentityModel.Tokens;
using WsBalancer.BackendSample.Access;

namespace WsBalancer.BackendSample.Tests.Access;

public sealed class TokenValidatorTests
{
    private static readonly Claim Alice = new("sub", "alice");

    [Fact]
    public async Task Token_OfTheSecret_IsValid()
    {
        var (identity, _) = await ValidateAsync(Tokens.Secret, Tokens.Sign(claims: Alice));

        Assert.Equal("alice", identity?.User);
        Assert.NotNull(identity?.Expires);
        Assert.True(identity.MayJoin("any"));
    }

    [Fact]
    public async Task Token_OfAPublicKey_IsValid()
    {
        foreach (var (key, pem) in new[] { Tokens.CreateEc(), Tokens.CreateRsa() })
        {
            var (identity, _) = await ValidateAsync(pem, Tokens.Sign(key, claims: Alice));

            Assert.Equal("alice", identity?.User);
        }
    }

    [Fact]
    public async Task Token_OfAKeySet_IsValid()
    {
        var (key, _) = Tokens.CreateEc();
        var web = JsonWebKeyConverter.ConvertFromECDsaSecurityKey((ECDsaSecurityKey)key.Key);
        var set = $$"""{"keys":[{"kty":"EC","use":"sig","crv":"P-256","x":"{{web.X}}","y":"{{web.Y}}"}]}""";

        var (identity, _) = await ValidateAsync(set, Tokens.Sign(key, claims: Alice));

        Assert.Equal("alice", identity?.User);
    }

    [Fact]
    public async Task Token_SignedWithThePublicKeyAsASecret_IsRefused()
    {
        var (_, pem) = Tokens.CreateEc();
        var forged = new SigningCredentials(
            new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(pem)), SecurityAlgorithms.HmacSha256);

        var (identity, reason) = await ValidateAsync(pem, Tokens.Sign(forged, claims: Alice));

        Assert.Null(identity);
        Assert.Equal("the signature of the token is not valid", reason);
    }

    [Fact]
    public async Task Token_WithoutASignature_IsRefused()
    {
        // {"alg":"none"} . {"sub":"alice","exp":9999999999}
        const string Unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6OTk5OTk5OTk5OX0.";

        var (identity, reason) = await ValidateAsync(Tokens.Secret, Unsigned);

        Assert.Null(identity);
        Assert.Equal("the signature of the token is not valid", reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a.b.c")]
    [InlineData("{\"sub\":\"alice\"}")]
    public async Task Token_ThatIsNone_IsRefused(string token)
    {
        var (identity, reason) = await ValidateAsync(Tokens.Secret, token);

        Assert.Null(identity);
        Assert.Equal("the token is not a JSON Web Token", reason);
    }

    [Fact]
    public async Task Token_OfAnotherTime_IsRefused()
    {
        var expired = await ValidateAsync(
            Tokens.Secret, Tokens.Sign(validFor: TimeSpan.FromMinutes(-5), claims: Alice));
        var early = await ValidateAsync(Tokens.Secret, Tokens.Sign(validFor: TimeSpan.FromHours(4), claims: Alice));

        Assert.Equal(new TokenResult(null, "the token has expired"), expired);
        Assert.Equal(new TokenResult(null, "the token is not valid yet"), early);
    }

    [Theory]
    [InlineData("aud", "chat", null)]
    [InlineData("aud", "shop", "the token is for another audience")]
    [InlineData("iss", "https://id.example", null)]
    [InlineData("iss", "https://other.example", "the token is from another issuer")]
    public async Task Token_WithARequiredClaim_IsValidWithThatValue(string claim, string value, string? expected)
    {
        var options = new TokenOptions
        {
            Keys = TokenKeys.Parse(Tokens.Secret),
            Audience = claim is "aud" ? "chat" : null,
            Issuer = claim is "iss" ? "https://id.example" : null,
        };

        var (identity, reason) = await new TokenValidator(options, NullLogger<TokenValidator>.Instance)
            .ValidateAsync(Tokens.Sign(claims: [Alice, new Claim(claim, value)]));

        Assert.Equal(expected ?? "", reason);
        Assert.Equal(expected is null, identity is not null);
    }

    [Fact]
    public async Task Token_WithoutAUser_IsRefused()
    {
        var (identity, reason) = await ValidateAsync(Tokens.Secret, Tokens.Sign());

        Assert.Null(identity);
        Assert.Equal("the token has no 'sub' of 1 to 1024 characters", reason);
    }

    [Fact]
    public async Task Token_WithRooms_AllowsTheseOnly()
    {
        var options = new TokenOptions { Keys = TokenKeys.Parse(Tokens.Secret), RoomsClaim = "rooms" };
        var (identity, _) = await new TokenValidator(options, NullLogger<TokenValidator>.Instance).ValidateAsync(
            Tokens.Sign(claims: [Alice, new Claim("rooms", "lobby"), new Claim("rooms", "team-* news")]));

        Assert.All(["lobby", "team-7", "news"], room => Assert.True(identity!.MayJoin(room)));
        Assert.All(["lobby2", "Team-7"], room => Assert.False(identity!.MayJoin(room)));
    }

    [Fact]
    public async Task Token_ThatIsRefused_IsNotInTheLog()
    {
        var logger = new FakeLogger<TokenValidator>();
        var token = Tokens.Sign(validFor: TimeSpan.FromMinutes(-5), claims: Alice);

        await new TokenValidator(new TokenOptions { Keys = TokenKeys.Parse(Tokens.Secret) }, logger)
            .ValidateAsync(token);

        var line = Assert.Single(logger.Collector.GetSnapshot());
        Assert.Equal("A token was refused: SecurityTokenExpiredException.", line.Message);
        Assert.Null(line.Exception);
    }

    [Theory]
    [InlineData("short", "a secret has at least 32 bytes")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "it is neither a PEM public key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "it is a private key")]
    [InlineData("{", "it is neither a PEM public key (RSA or EC) nor a JSON Web Key Set")]
    [InlineData("{\"keys\":[]}", "it has no public key that verifies signatures")]
    [InlineData("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", "it has no public key that verifies signatures")]
    public void Keys_OfAnotherText_AreRefused(string text, string reason) =>
        Assert.StartsWith(
            reason, Assert.Throws<FormatException>(() => TokenKeys.Parse(text)).Message, StringComparison.Ordinal);

    private static Task<TokenResult> ValidateAsync(string keys, string token) =>
        new TokenValidator(
            new TokenOptions { Keys = TokenKeys.Parse(keys) }, NullLogger<TokenValidator>.Instance)
            .ValidateAsync(token);
}
