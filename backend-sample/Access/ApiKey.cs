using System.Security.Cryptography;
using System.Text;

namespace WsBalancer.BackendSample.Access;

/// <summary>The secret with which back ends use the API.</summary>
internal sealed class ApiKey
{
    private const int MinBytes = 32;

    // Of equal length for every secret, so that a comparison takes the same time for all.
    private readonly byte[] _hash;

    private ApiKey(byte[] secret) => _hash = SHA256.HashData(secret);

    /// <summary>Reads a secret of at least 32 bytes, without the white space around it.</summary>
    /// <exception cref="FormatException">The secret is too short.</exception>
    public static ApiKey Parse(string text) => Encoding.UTF8.GetBytes(text.Trim()) is { Length: >= MinBytes } secret
        ? new ApiKey(secret)
        : throw new FormatException($"a secret has at least {MinBytes} bytes");

    public bool Matches(string secret) =>
        CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
