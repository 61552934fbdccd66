using System.Globalization;
using System.Text;
using WsBalancer.Proxy.Sockets.Http;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// A body in chunks (RFC 9112 §7.1): each piece of the inner body is one, and the trailers of the response follow the
/// last.
/// </summary>
internal sealed class ChunkingStream(Stream inner, HttpResponseMessage response) : DuplexStream
{
    // The digits of an int, and a line end.
    private const int MostBefore = 10;

    private const int After = 2;

    private byte[]? _end;
    private int _endSent;

    public override bool CanWrite => false;

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_end is not null || buffer.IsEmpty)
        {
            return _end is null ? await inner.ReadAsync(buffer, cancellationToken) : CopyEnd(buffer.Span);
        }

        if (buffer.Length <= MostBefore + After)
        {
            throw new ArgumentException("There is no room for a chunk.", nameof(buffer));
        }

        var read = await inner.ReadAsync(buffer[MostBefore..^After], cancellationToken);
        if (read > 0)
        {
            return Frame(buffer.Span, read);
        }

        _end = End();
        return CopyEnd(buffer.Span);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("A response is only read.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    // The piece lies where the longest size would end.
    private static int Frame(Span<byte> buffer, int length)
    {
        length.TryFormat(buffer, out var digits, "X", CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(buffer[digits..]);
        var start = digits + 2;
        buffer.Slice(MostBefore, length).CopyTo(buffer[start..]);
        "\r\n"u8.CopyTo(buffer[(start + length)..]);
        return start + length + After;
    }

    private byte[] End()
    {
        var end = new StringBuilder("0\r\n");
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            foreach (var value in values)
            {
                end.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }

        return HeaderBytes.Instance.GetBytes(end.Append("\r\n").ToString());
    }

    private int CopyEnd(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _end!.Length - _endSent);
        _end.AsSpan(_endSent, count).CopyTo(buffer);
        _endSent += count;
        return count;
    }
}
