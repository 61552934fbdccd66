using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.Tokens;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Access;

/// <summary>Tokens of an OpenID Connect provider, whose keys change.</summary>
public sealed class AuthorityTests : IAsyncLifetime
{
    private readonly WebApplication _provider;
    private SigningCredentials _key = CreateKey("1");
    private volatile bool _isAway;

    public AuthorityTests()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _provider = builder.Build();
        _provider.Run(AnswerAsync);
    }

    private string Address => _provider.Urls.First();

    public async ValueTask InitializeAsync() => await _provider.StartAsync(Deadline.Token);

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task Token_OfTheProvider_IsValid()
    {
        var (identity, reason) = await Validator().ValidateAsync(Sign(Address));

        Assert.Equal("", reason);
        Assert.Equal("alice", identity?.User);
    }

    [Fact]
    public async Task Token_OfANewKey_IsValid()
    {
        var validator = Validator();
        await validator.ValidateAsync(Sign(Address));

        _key = CreateKey("2");
        var token = Sign(Address);
        await Deadline.UntilAsync(
            async () => (await validator.ValidateAsync(token)).Identity is not null, "the new key is read");
    }

    [Fact]
    public async Task Token_OfAnotherIssuer_IsRefused() => Assert.Equal(
        new TokenResult(null, "the token is from another issuer"),
        await Validator().ValidateAsync(Sign("https://other.example")));

    [Fact]
    public async Task Token_OfTheProvider_WhenAnotherIssuerIsRequired_IsRefused()
    {
        const string Required = "https://other.example";
        var validator = Validator(Required);

        Assert.Equal(
            new TokenResult(null, "the token is from another issuer"), await validator.ValidateAsync(Sign(Address)));
        Assert.Equal("alice", (await validator.ValidateAsync(Sign(Required))).Identity?.User);
    }

    [Fact]
    public async Task Token_OfAKeyThatIsNotPublished_IsRefused()
    {
        var token = Sign(Address);
        _key = CreateKey("1");

        Assert.Equal(
            new TokenResult(null, "the signature of the token is not valid"), await Validator().ValidateAsync(token));
    }

    [Fact]
    public async Task Token_WhileTheProviderIsAway_IsRefused()
    {
        _isAway = true;

        Assert.Equal(
            new TokenResult(null, "the keys of the authority cannot be read now") { MayRetry = true },
            await Validator().ValidateAsync(Sign(Address)));
    }

    private static SigningCredentials CreateKey(string id) => new(
        new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = id },
        SecurityAlgorithms.EcdsaSha256);

    private string Sign(string issuer) =>
        Tokens.Sign(_key, claims: [new Claim("sub", "alice"), new Claim("iss", issuer)]);

    private TokenValidator Validator(string? issuer = null) => new(
        new TokenOptions { Authority = new Uri(Address), Issuer = issuer }, NullLogger<TokenValidator>.Instance);

    private Task AnswerAsync(HttpContext context)
    {
        if (_isAway)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }

        return context.Response.WriteAsync(context.Request.Path.Value is "/keys"
            ? $$"""{"keys":[{{KeyText()}}]}"""
            : $$"""{"issuer":"{{Address}}","jwks_uri":"{{Address}}/keys"}""");
    }

    private string KeyText()
    {
        var web = JsonWebKeyConverter.ConvertFromECDsaSecurityKey((ECDsaSecurityKey)_key.Key);
        return $$"""{"kty":"EC","use":"sig","kid":"{{_key.Kid}}","crv":"P-256","x":"{{web.X}}","y":"{{web.Y}}"}""";
    }
}
