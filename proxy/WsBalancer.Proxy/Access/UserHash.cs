using System.Security.Cryptography;
using System.Text;

namespace WsBalancer.Proxy.Access;

/// <summary>User ids in the form that is written to the access log.</summary>
internal static class UserHash
{
    private const int Bytes = 8;

    public static string? Of(string? user, UserIdForm form) => form switch
    {
        _ when user is null => null,
        UserIdForm.Plain => user,
        UserIdForm.Hash => Hash(user),
        _ => null,
    };

    // Without a key, so that every balancer, and an operator with sha256sum, computes the same hash.
    private static string Hash(string user)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(user), hash);
        return Convert.ToHexStringLower(hash[..Bytes]);
    }
}
