using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>The body of a node's response, each piece as it is received.</summary>
/// <param name="exchange">Ended with the body, or when this stream is disposed of.</param>
/// <param name="connection">The connection of the exchange.</param>
/// <param name="response">The response, to which the trailers are added.</param>
/// <param name="body">Parses the body.</param>
internal sealed class ResponseBodyStream(
    HttpExchange exchange, NodeConnection connection, HttpResponseMessage response, ResponseBody body)
    : ReadOnlyStream
{
    private ResponseBody _body = body;
    private bool _isOver;

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_body.IsDone)
        {
            if (connection.Unread.IsEmpty)
            {
                if (buffer.IsEmpty)
                {
                    await connection.WaitAsync(cancellationToken);
                    return 0;
                }

                if (!await connection.ReceiveAsync(cancellationToken) && !_body.TryEndWithConnection())
                {
                    throw new HttpIOException(
                        HttpRequestError.ResponseEnded, "The node closed the connection within its response.");
                }

                continue;
            }

            if (Take(buffer.Span) is var given and > 0)
            {
                return given;
            }

            if (buffer.IsEmpty)
            {
                return 0;
            }
        }

        if (!_isOver)
        {
            _isOver = true;
            _body.AddTrailersTo(response);
            exchange.End(isBodyRead: true);
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            exchange.End(isBodyRead: _body.IsDone);
        }

        base.Dispose(disposing);
    }

    private int Take(Span<byte> buffer)
    {
        var (used, given) = _body.Read(connection.Unread, buffer);
        connection.Use(used);
        return given;
    }
}
