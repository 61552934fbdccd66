using System.Buffers;
using System.Text;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// Finds a scheme in a request line that the server does not support, a WebSocket's or one in capitals, and replaces it
/// by that of HTTP.
/// </summary>
internal static class WebSocketScheme
{
    // No method of a WebSocket request is longer.
    private const int LongestMethod = 16;
    private const int Longest = LongestMethod + 9;

    /// <summary>Finds the scheme at the beginning of a request.</summary>
    /// <param name="request">The bytes of the request that were received.</param>
    /// <param name="isDecided">Whether further bytes cannot change the result.</param>
    /// <returns>The position of the scheme, up to the authority; null if there is none.</returns>
    public static Range? Find(ReadOnlySequence<byte> request, out bool isDecided)
    {
        Span<byte> start = stackalloc byte[Longest];
        start = start[..(int)Math.Min(request.Length, Longest)];
        request.Slice(0, start.Length).CopyTo(start);
        var method = start.IndexOfAnyExceptInRange((byte)'A', (byte)'Z');
        if (method < 0)
        {
            isDecided = start.Length > LongestMethod;
            return null;
        }

        var target = start[(method + 1)..];
        isDecided = start[method] != ' ' || method > LongestMethod;
        if (isDecided)
        {
            return null;
        }

        foreach (var scheme in (ReadOnlySpan<string>)["ws://", "wss://", "http://", "https://"])
        {
            var length = Math.Min(scheme.Length, target.Length);
            if (Ascii.EqualsIgnoreCase(target[..length], scheme.AsSpan(0, length)))
            {
                isDecided = length == scheme.Length;
                return isDecided && !IsKnown(target[..length]) ? (method + 1)..(method + 1 + length) : null;
            }
        }

        isDecided = true;
        return null;
    }

    /// <summary>Copies a request with the scheme of HTTP.</summary>
    /// <param name="request">The bytes of the request that were received.</param>
    /// <param name="place">The position of the scheme.</param>
    public static byte[] Replace(ReadOnlySequence<byte> request, Range place)
    {
        var bytes = request.ToArray();
        var isSecure = (bytes[place][^4] | 0x20) == 's' && bytes[place].Length > "ws://".Length;
        return [.. bytes[..place.Start], .. isSecure ? "https://"u8 : "http://"u8, .. bytes[place.End..]];
    }

    private static bool IsKnown(ReadOnlySpan<byte> scheme) =>
        scheme.SequenceEqual("http://"u8) || scheme.SequenceEqual("https://"u8);
}
