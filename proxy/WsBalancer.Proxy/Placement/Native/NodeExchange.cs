using System.Buffers;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Http;
using WsBalancer.Proxy.Placement.Http;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Placement.Native;

/// <summary>
/// One request to a node and the head of its response, on an event loop. The content of the response receives the bytes
/// after the head. Failures have the exceptions of the platform's client, since attempts are judged by them.
/// </summary>
/// <remarks>Runs on the loop's thread. The code that awaits the response continues there, inline.</remarks>
internal sealed class NodeExchange : ISocketHandler, IValueTaskSource<HttpResponseMessage>
{
    // One buffer for each loop is enough: a head is written and sent without a pause.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Head;

    private readonly LoopSocket _socket;
    private readonly HttpRequestMessage _request;
    private readonly HeaderEncoding _encoding;
    private readonly ProxyProtocolVersion _proxyProtocol;
    private readonly HttpContext _client;
    private readonly CancellationToken _cancellation;
    private ManualResetValueTaskSourceCore<HttpResponseMessage> _answer;
    private ResponseHeadReader _head;
    private CancellationTokenRegistration _onCancelled;
    private bool _isAnswered;
    private bool _done;

    /// <param name="socket">The connected socket, whose events this object receives from now on. Closed unless there is
    /// a response.</param>
    /// <param name="request">The request, without a body.</param>
    /// <param name="encoding">The encoding of header values.</param>
    /// <param name="proxyProtocol">The PROXY header that the connection begins with.</param>
    /// <param name="client">The client's request, to which interim responses are forwarded.</param>
    /// <param name="cancellation">Cancels the exchange.</param>
    public NodeExchange(
        LoopSocket socket,
        HttpRequestMessage request,
        HeaderEncoding encoding,
        ProxyProtocolVersion proxyProtocol,
        HttpContext client,
        CancellationToken cancellation)
    {
        _client = client;
        _request = request;
        _encoding = encoding;
        _proxyProtocol = proxyProtocol;
        _cancellation = cancellation;
        _socket = socket;
        socket.Handler = this;
    }

    /// <summary>Sends the request, and returns the response once its head is received. Must be called once.</summary>
    /// <exception cref="HttpRequestException">There is no response, or no valid one.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public ValueTask<HttpResponseMessage> RunAsync()
    {
        try
        {
            Send();
        }
        catch
        {
            _socket.Close();
            throw;
        }

        _socket.Receive();
        _onCancelled = _cancellation.UnsafeRegister(
            static exchange => CallbackState.Of<NodeExchange>(exchange).PostCancel(), this);
        return new ValueTask<HttpResponseMessage>(this, _answer.Version);
    }

    void ISocketHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Read(bytes);
        }
        catch (HttpRequestException ex)
        {
            Fail(ex);
        }
    }

    // The socket keeps what it could not send at once.
    void ISocketHandler.OnWritable()
    {
    }

    void ISocketHandler.OnEof() => Fail(_isAnswered ? ResponseHead.Invalid("is not complete") : NotAnswered(
        HttpRequestError.ResponseEnded,
        new HttpIOException(HttpRequestError.ResponseEnded, "The node ended the connection before it had answered.")));

    void ISocketHandler.OnError(int error) => Fail(_isAnswered
        ? ResponseHead.Invalid("is not complete")
        : NotAnswered(HttpRequestError.Unknown, NodeResponseBody.FailureOf(error)));

    HttpResponseMessage IValueTaskSource<HttpResponseMessage>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<HttpResponseMessage>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<HttpResponseMessage>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    private static void Cancel(object exchange)
    {
        var self = (NodeExchange)exchange;
        self.Fail(new OperationCanceledException(self._cancellation));
    }

    private static HttpRequestException NotAnswered(HttpRequestError error, IOException cause) =>
        new(error, "An error occurred while sending the request to the node.", cause);

    private void PostCancel() => _socket.Loop.Post(Cancel, this);

    private void Send()
    {
        var head = Head ??= new ArrayBufferWriter<byte>(1024);
        head.ResetWrittenCount();
        if (_proxyProtocol != ProxyProtocolVersion.Off)
        {
            head.Advance(ProxyHeader.Write(
                head.GetSpan(ProxyHeader.MaxLength), _proxyProtocol, RequestEndPoints.Of(_request)));
        }

        RequestHead.Write(_request, _encoding, isChunked: false, head);
        _socket.Send(head.WrittenSpan);
    }

    // Responses of 100 to 199 precede the final one, except 101, which ends HTTP.
    private void Read(ReadOnlySpan<byte> bytes)
    {
        _isAnswered |= !bytes.IsEmpty;
        while (!_done && _head.TryRead(bytes, out var head, out bytes))
        {
            if (ResponseHead.StatusOfHead(head) is < 100 or > 199 or 101)
            {
                Answer(head, bytes);
            }
            else
            {
                InterimResponse.Forward(_client, head);
            }
        }
    }

    private void Answer(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest)
    {
        var content = new ResponseContent();
        var response = ResponseHead.Read(head, content);
        response.RequestMessage = _request;
        content.Body = new NodeResponseBody(_socket, response, ResponseBody.Of(response, _request.Method), rest);
        End();
        _answer.SetResult(response);
    }

    private void Fail(Exception exception)
    {
        if (!_done)
        {
            _socket.Close();
            End();
            _answer.SetException(exception);
        }
    }

    private void End()
    {
        _done = true;
        _head.Free();
        _onCancelled.Unregister();
    }
}
