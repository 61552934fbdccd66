using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace WsBalancer.BackendSample.Tests.Access;

/// <summary>Signs tokens.</summary>
internal static class Tokens
{
    public const string Secret = "a secret of thirty-two bytes or more";

    public static readonly SigningCredentials WithSecret = new(
        new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(Secret)), SecurityAlgorithms.HmacSha256);

    public static string Sign(SigningCredentials? key = null, TimeSpan? validFor = null, params Claim[] claims)
    {
        var expires = TimeProvider.System.GetUtcNow() + (validFor ?? TimeSpan.FromHours(1));
        return Sign(key ?? WithSecret, expires - TimeSpan.FromHours(2), expires, claims);
    }

    /// <summary>A token of the secret, that is valid already.</summary>
    /// <param name="expires">The end of the token, in whole seconds.</param>
    /// <param name="user">The user.</param>
    /// <param name="claims">More claims.</param>
    public static string Until(DateTimeOffset expires, string user, params Claim[] claims) => Sign(
        WithSecret, TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1), expires,
        [new Claim("sub", user), .. claims]);

    public static string Of(string user, params Claim[] claims) => Sign(claims: [new Claim("sub", user), .. claims]);

    public static (SigningCredentials Key, string Pem) CreateEc()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
            key.ExportSubjectPublicKeyInfoPem());
    }

    public static (SigningCredentials Key, string Pem) CreateRsa()
    {
        var key = RSA.Create(2048);
        return (new SigningCredentials(new RsaSecurityKey(key), SecurityAlgorithms.RsaSsaPssSha256),
            key.ExportSubjectPublicKeyInfoPem());
    }

    private static string Sign(SigningCredentials key, DateTimeOffset begin, DateTimeOffset expires, Claim[] claims) =>
        new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Subject = new ClaimsIdentity(claims),
            NotBefore = begin.UtcDateTime,
            IssuedAt = begin.UtcDateTime,
            Expires = expires.UtcDateTime,
            SigningCredentials = key,
        });
}
