using System.Globalization;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>Writes the chunks of a body (RFC 9112 §7.1).</summary>
internal static class ChunkFrame
{
    /// <summary>The maximum number of bytes before a piece: eight hexadecimal digits and a line end.</summary>
    public const int MaxBefore = 10;

    /// <summary>The number of bytes after a piece: a line end.</summary>
    public const int After = 2;

    /// <summary>Writes a piece as a chunk.</summary>
    /// <param name="piece">Not empty, because an empty chunk ends the body. May be a part of
    /// <paramref name="output"/>, from <see cref="MaxBefore"/> on.</param>
    /// <param name="output">A buffer for the piece, <see cref="MaxBefore"/> and <see cref="After"/>.</param>
    /// <returns>The length of the chunk.</returns>
    public static int Write(ReadOnlySpan<byte> piece, Span<byte> output)
    {
        piece.Length.TryFormat(output, out var digits, "X", CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(output[digits..]);
        var start = digits + 2;
        piece.CopyTo(output[start..]);
        "\r\n"u8.CopyTo(output[(start + piece.Length)..]);
        return start + piece.Length + After;
    }
}
