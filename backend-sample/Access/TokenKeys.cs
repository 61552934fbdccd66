using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace WsBalancer.BackendSample.Access;

/// <summary>The keys that may have signed a token, and the algorithms for keys of that kind.</summary>
/// <remarks>
/// The algorithms follow from the keys, never from the token: everybody could sign with a public key that is read as a
/// secret.
/// </remarks>
internal sealed record TokenKeys(IReadOnlyList<SecurityKey> Keys, IReadOnlyList<string> Algorithms)
{
    // RFC 7518, section 3.2: a key of HS256 has at least as many bits as the hash.
    private const int MinSecretBytes = 32;

    public static readonly IReadOnlyList<string> PublicKeyAlgorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private static readonly IReadOnlyList<string> SecretAlgorithms =
        [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512];

    /// <summary>Reads a PEM public key, a JSON Web Key Set of public keys, or a secret of at least 32 bytes.</summary>
    /// <exception cref="FormatException">The text is none of them. The message has no part of the text.</exception>
    public static TokenKeys Parse(string text)
    {
        var trimmed = text.Trim();
        try
        {
            return trimmed switch
            {
                _ when trimmed.StartsWith("-----BEGIN", StringComparison.Ordinal) =>
                    new TokenKeys([PublicKey(trimmed)], PublicKeyAlgorithms),
                _ when trimmed.StartsWith('{') => new TokenKeys(PublicKeys(trimmed), PublicKeyAlgorithms),
                _ => new TokenKeys([Secret(trimmed)], SecretAlgorithms),
            };
        }
        catch (Exception failure) when (failure is ArgumentException or CryptographicException)
        {
            throw new FormatException("it is neither a PEM public key (RSA or EC) nor a JSON Web Key Set");
        }
    }

    private static SymmetricSecurityKey Secret(string text) => Encoding.UTF8.GetBytes(text) is
    { Length: >= MinSecretBytes } bytes
        ? new SymmetricSecurityKey(bytes)
        : throw new FormatException($"a secret has at least {MinSecretBytes} bytes");

    private static SecurityKey PublicKey(string pem)
    {
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            throw new FormatException("it is a private key: a node needs only the public one");
        }

        try
        {
            var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            return new ECDsaSecurityKey(ec);
        }
        catch (Exception failure) when (failure is ArgumentException or CryptographicException)
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new RsaSecurityKey(rsa);
        }
    }

    private static List<SecurityKey> PublicKeys(string json)
    {
        var keys = new JsonWebKeySet(json).GetSigningKeys().Where(key => key is not SymmetricSecurityKey).ToList();
        return keys is [_, ..] ? keys : throw new FormatException("it has no public key that verifies signatures");
    }
}
