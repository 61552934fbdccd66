using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Access;

/// <summary>Validates the tokens of clients: JSON Web Tokens, signed by a known key.</summary>
internal sealed class TokenValidator
{
    private const string UserClaim = JwtRegisteredClaimNames.Sub;

    // Enough for the identity of a user; a longer one costs memory before its signature is verified.
    private const int MaxTokenLength = 8 * 1024;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler _handler = new()
    {
        MapInboundClaims = false,
        MaximumTokenSizeInBytes = MaxTokenLength,
    };

    private readonly TokenOptions _options;
    private readonly TokenValidationParameters _parameters;
    private readonly ILogger<TokenValidator> _logger;

    /// <summary>1 after a failed read of the keys, until one succeeds: each absence is logged once.</summary>
    private int _areKeysAway;

    public TokenValidator(TokenOptions options, ILogger<TokenValidator> logger)
    {
        _options = options;
        _logger = logger;
        _parameters = new TokenValidationParameters
        {
            ClockSkew = ClockSkew,
            IssuerSigningKeys = options.Keys?.Keys,
            ValidAlgorithms = options.Keys?.Algorithms ?? TokenKeys.PublicKeyAlgorithms,
            ValidateAudience = options.Audience is not null,
            ValidAudience = options.Audience,
            ValidateIssuer = options.Issuer is not null || options.Authority is not null,
            ValidIssuer = options.Issuer,

            // Without this, the issuer of the authority would be accepted beside the required one.
            IssuerValidator = options.Issuer is { } required
                ? (issuer, _, _) => issuer == required ? issuer : throw new SecurityTokenInvalidIssuerException()
                : null,
            ConfigurationManager = options.Authority is { } authority ? FollowKeysOf(authority) : null,
        };
    }

    /// <summary>Validates a token.</summary>
    public async Task<TokenResult> ValidateAsync(string token)
    {
        if (!await HasKeysAsync())
        {
            return new TokenResult(null, "the keys of the authority cannot be read now") { MayRetry = true };
        }

        var result = await _handler.ValidateTokenAsync(token, _parameters);
        if (!result.IsValid)
        {
            AccessLog.TokenRefused(_logger, result.Exception.GetType().Name);
            return new TokenResult(null, ReasonOf(result.Exception));
        }

        var user = result.ClaimsIdentity.FindFirst(UserClaim)?.Value;
        return user is { Length: > 0 and <= ClientMessage.MaxUserLength }
            ? new TokenResult(
                new ClientIdentity(user, ExpiryOf(result.SecurityToken), RoomsOf(result.ClaimsIdentity)), "")
            : new TokenResult(null, $"the token has no '{UserClaim}' of 1 to {ClientMessage.MaxUserLength} characters");
    }

    private async Task<bool> HasKeysAsync()
    {
        try
        {
            if (_parameters.ConfigurationManager is { } keys)
            {
                await keys.GetBaseConfigurationAsync(CancellationToken.None);
            }

            _areKeysAway = 0;
            return true;
        }
        catch (InvalidOperationException failure)
        {
            if (Interlocked.Exchange(ref _areKeysAway, 1) == 0)
            {
                AccessLog.KeysUnavailable(
                    _logger, _options.Authority!, failure.InnerException?.Message ?? failure.Message);
            }

            return false;
        }
    }

    // Without the text of the exception, which has parts of the token.
    private static string ReasonOf(Exception failure) => failure switch
    {
        SecurityTokenExpiredException => "the token has expired",
        SecurityTokenNotYetValidException => "the token is not valid yet",
        SecurityTokenInvalidAudienceException => "the token is for another audience",
        SecurityTokenInvalidIssuerException => "the token is from another issuer",
        SecurityTokenNoExpirationException => "the token has no 'exp'",
        SecurityTokenMalformedException or ArgumentException => "the token is not a JSON Web Token",
        _ => "the signature of the token is not valid",
    };

    private static DateTimeOffset ExpiryOf(SecurityToken token) => new(token.ValidTo, TimeSpan.Zero);

    // An array in the token is a claim for each element; a text may have several names with spaces, like a scope.
    private RoomList? RoomsOf(ClaimsIdentity claims) => _options.RoomsClaim is { } name
        ? new RoomList(claims.FindAll(name).SelectMany(
            static claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        : null;

    private static ConfigurationManager<OpenIdConnectConfiguration> FollowKeysOf(Uri authority) => new(
        new Uri(authority, $"{authority.AbsolutePath.TrimEnd('/')}/.well-known/openid-configuration").AbsoluteUri,
        new OpenIdConnectConfigurationRetriever(),
        new HttpDocumentRetriever { RequireHttps = authority.Scheme == Uri.UriSchemeHttps });
}

/// <summary>The result of the validation of a token.</summary>
/// <param name="Identity">The identity; null if the token is not valid.</param>
/// <param name="Reason">Why the token is not valid, in words for the client; empty if it is.</param>
internal sealed record TokenResult(ClientIdentity? Identity, string Reason)
{
    /// <summary>Whether the same token may be valid later.</summary>
    public bool MayRetry { get; init; }
}
