using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// One request on a connection to a node, and its response. The body of the request is sent while the response is
/// received, so that a node can respond early. Once its response is complete, the rest of the request is sent
/// only if the node keeps the connection.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The source of the token has no timer: nothing to free.")]
internal sealed class HttpExchange
{
    // A server may ignore Expect (RFC 9110 §10.1.1); the body is sent without its 100 after as long as the platform's
    // client waits.
    private static readonly TimeSpan ExpectTimeout = TimeSpan.FromSeconds(1);

    private readonly HttpRequestMessage _request;
    private readonly HeaderEncoding _encoding;
    private readonly NodeConnection _connection;
    private readonly Action<NodeConnection> _release;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _uploading = new();
    private readonly TaskCompletionSource _continue = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<Exception?> _upload = Task.FromResult<Exception?>(null);
    private ResponseHeadReader _head;
    private bool _isPersistent;
    private volatile bool _isFinal;
    private int _ended;

    /// <param name="request">The request. Its content, if any, can be sent once.</param>
    /// <param name="connection">Owned by the exchange until its end.</param>
    /// <param name="release">Called with the connection at the end, if another request can be sent on it.</param>
    /// <param name="encoding">The encoding of header values.</param>
    /// <param name="time">The clock of the timeout after <c>Expect</c>.</param>
    public HttpExchange(
        HttpRequestMessage request,
        NodeConnection connection,
        Action<NodeConnection> release,
        HeaderEncoding encoding,
        TimeProvider time)
    {
        _request = request;
        _encoding = encoding;
        _connection = connection;
        _release = release;
        _time = time;
    }

    /// <summary>Whether any byte of a response was received.</summary>
    public bool IsAnswered { get; private set; }

    private bool IsChunked => RequestHead.BodyOf(_request) is { Headers.ContentLength: null };

    /// <summary>Sends the request, and returns the response once its head is received. Must be called once.</summary>
    /// <exception cref="HttpRequestException">There is no response, or no valid one.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async Task<HttpResponseMessage> SendAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_uploading.Token, cancellation);
        try
        {
            await SendHeadAsync(cancellation);
            if (RequestHead.BodyOf(_request) is { } body)
            {
                _upload = UploadAsync(body, cancellation);
            }

            return await ReadResponseAsync(either.Token);
        }
        catch (Exception ex)
        {
            _head.Free();
            End(isBodyRead: false);
            throw await FailureAsync(ex, cancellation);
        }
    }

    /// <summary>Ends the exchange, when the response was read or no more of it is read.</summary>
    public void End(bool isBodyRead)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        // A node that keeps the connection may still read the request that it has responded to.
        if (isBodyRead && _isPersistent && !_upload.IsCompleted)
        {
            _ = EndAfterUploadAsync();
        }
        else
        {
            Close(isBodyRead);
        }
    }

    private async Task EndAfterUploadAsync()
    {
        await _upload;
        Close(isBodyRead: true);
    }

    private void Close(bool isBodyRead)
    {
        var isComplete = isBodyRead && _upload is { IsCompletedSuccessfully: true, Result: null };
        _uploading.Cancel();
        if (isComplete && _isPersistent && _connection.Unread.IsEmpty)
        {
            _release(_connection);
        }
        else
        {
            _connection.Dispose();
        }
    }

    private async ValueTask SendHeadAsync(CancellationToken cancellation)
    {
        var head = new ArrayBufferWriter<byte>(1024);
        RequestHead.Write(_request, _encoding, IsChunked, head);
        await _connection.SendAsync(head.WrittenMemory, cancellation);
    }

    /// <returns>The error for which the client's body could not be sent; null if there is none.</returns>
    private async Task<Exception?> UploadAsync(HttpContent content, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_uploading.Token, cancellation);
        var body = new RequestBodyStream(_connection, IsChunked);
        try
        {
            if (_request.Headers.ExpectContinue == true)
            {
                await Task.WhenAny(_continue.Task, Task.Delay(ExpectTimeout, _time, either.Token));
                either.Token.ThrowIfCancellationRequested();
                if (_isFinal)
                {
                    return new IOException("The node answered without the body of the request.");
                }
            }

            await content.CopyToAsync(body, null, either.Token);
            await body.EndAsync(either.Token);
            return body.HasFailed ? new IOException("The node did not take the whole request.") : null;
        }
        catch (Exception ex) when (body.HasFailed || _uploading.IsCancellationRequested)
        {
            // The node does not read the rest of the request; its response may have the reason.
            return ex;
        }
        catch (Exception ex)
        {
            // The client's side failed, so that the request will never be complete.
            await _uploading.CancelAsync();
            return ex;
        }
    }

    private async Task<HttpResponseMessage> ReadResponseAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (!await _connection.ReceiveAsync(cancellation))
            {
                throw IsAnswered ? ResponseHead.Invalid("is not complete") : NotAnswered(new HttpIOException(
                    HttpRequestError.ResponseEnded, "The node closed the connection before it had answered."));
            }

            IsAnswered = true;
            if (TryReadResponse() is { } response)
            {
                return response;
            }
        }
    }

    private HttpResponseMessage? TryReadResponse()
    {
        while (!_connection.Unread.IsEmpty)
        {
            var received = _connection.Unread;
            var isWhole = _head.TryRead(received, out var head, out var rest);
            var used = received.Length - rest.Length;
            var response = isWhole ? Respond(head) : null;
            _connection.Use(used);
            if (response is not null)
            {
                _head.Free();
                return response;
            }
        }

        return null;
    }

    // Responses of 100 to 199 precede the final one, but for 101, which ends HTTP.
    private HttpResponseMessage? Respond(ReadOnlySpan<byte> head)
    {
        if (ResponseHead.StatusOfHead(head) is >= 100 and <= 199 and not 101)
        {
            _continue.TrySetResult();
            if (_request.Options.TryGetValue(InterimResponse.ClientKey, out var client))
            {
                InterimResponse.Forward(client, head);
            }

            return null;
        }

        _isFinal = true;
        var content = new ResponseContent();
        var response = ResponseHead.Read(head, content);
        response.RequestMessage = _request;
        var body = ResponseBody.Of(response, _request.Method);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            content.Body = new UpgradedStream(_connection);
            return response;
        }

        _isPersistent = IsPersistent(response);
        content.Body = new ResponseBodyStream(this, _connection, response, body);
        return response;
    }

    // The body of a response that neither has a length nor chunks ends with the connection.
    private bool IsPersistent(HttpResponseMessage response) =>
        response.Version == HttpVersion.Version11
        && response.Headers.ConnectionClose != true
        && _request.Headers.ConnectionClose != true;

    private async Task<Exception> FailureAsync(Exception failure, CancellationToken cancellation)
    {
        var client = await _upload;
        return failure switch
        {
            _ when cancellation.IsCancellationRequested => new OperationCanceledException(cancellation),
            OperationCanceledException => new HttpRequestException("The request's body could not be read.", client),
            IOException when IsAnswered => ResponseHead.Invalid("is not complete"),
            IOException lost => NotAnswered(lost),
            _ => failure,
        };
    }

    private static HttpRequestException NotAnswered(IOException cause) => new(
        cause is HttpIOException http ? http.HttpRequestError : HttpRequestError.Unknown,
        "An error occurred while sending the request to the node.",
        cause);
}
