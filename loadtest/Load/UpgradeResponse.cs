using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace WsBalancer.LoadTest.Load;

/// <summary>A server's response to a WebSocket handshake.</summary>
internal static class UpgradeResponse
{
    private const string KeyName = "Sec-WebSocket-Key:";

    // RFC 6455, section 1.3.
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The complete response to this request; null if the request is not a handshake.</summary>
    public static byte[]? To(ReadOnlySpan<byte> request)
    {
        var lines = Encoding.ASCII.GetString(request).Split("\r\n");
        return Array.Find(lines, line => line.StartsWith(KeyName, StringComparison.OrdinalIgnoreCase)) is { } line
            ? Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + $"Sec-WebSocket-Accept: {AcceptFor(line[KeyName.Length..].Trim())}\r\n\r\n")
            : null;
    }

    [SuppressMessage("Security", "CA5350", Justification = "The protocol asks for SHA-1; it protects nothing.")]
    public static string AcceptFor(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
}
