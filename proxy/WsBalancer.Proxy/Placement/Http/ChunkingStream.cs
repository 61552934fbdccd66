using System.Text;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// A body in chunks (RFC 9112 §7.1): each read of the inner body is one chunk, and the trailers of the response follow
/// the last.
/// </summary>
internal sealed class ChunkingStream(Stream inner, HttpResponseMessage response) : ReadOnlyStream
{
    private byte[]? _end;
    private int _endSent;

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_end is { } end)
        {
            return CopyEnd(end, buffer.Span);
        }

        if (buffer.IsEmpty)
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }

        if (buffer.Length <= ChunkFrame.MaxBefore + ChunkFrame.After)
        {
            throw new ArgumentException("There is no room for a chunk.", nameof(buffer));
        }

        var read = await inner.ReadAsync(
            buffer[ChunkFrame.MaxBefore..^ChunkFrame.After], cancellationToken);
        if (read > 0)
        {
            return ChunkFrame.Write(buffer.Span.Slice(ChunkFrame.MaxBefore, read), buffer.Span);
        }

        _end = End();
        return CopyEnd(_end, buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
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

        return ByteHeaderEncoding.Instance.GetBytes(end.Append("\r\n").ToString());
    }

    private int CopyEnd(byte[] end, Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, end.Length - _endSent);
        end.AsSpan(_endSent, count).CopyTo(buffer);
        _endSent += count;
        return count;
    }
}
