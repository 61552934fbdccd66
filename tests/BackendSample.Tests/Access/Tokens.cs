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
        var expires = TimeProvider.System.GetUtcNow().UtcDateTime + (validFor ?? TimeSpan.FromHours(1));
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Subject = new ClaimsIdentity(claims),
            NotBefore = expires - TimeSpan.FromHours(2),
            IssuedAt = expires - TimeSpan.FromHours(2),
            Expires = expires,
            SigningCredentials = key ?? WithSecret,
        });
    }

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
}
