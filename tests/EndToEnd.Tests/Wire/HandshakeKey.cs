using System.Security.Cryptography;
using System.Text;

namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>The proof that a server understood the handshake (RFC 6455, section 4.2.2).</summary>
internal static class HandshakeKey
{
    public static string New() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

    public static string Answer(string key) =>
        Convert.ToBase64String(Sha1(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));

#pragma warning disable CA5350 // The protocol prescribes SHA-1; nothing is protected by it.
    private static byte[] Sha1(string text) => SHA1.HashData(Encoding.ASCII.GetBytes(text));
#pragma warning restore CA5350
}
