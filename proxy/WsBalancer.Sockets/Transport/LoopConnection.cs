using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// A client's HTTP connection: two pipes for the server, a socket for the loop. The connection ends as one of the
/// platform's sockets does, or when its socket is detached; after that, the connection does not use the socket.
/// </summary>
/// <remarks>
/// A client's FIN ends the input only: the response to a request that was complete before is still sent, and
/// <see cref="BaseConnectionContext.ConnectionClosed"/> is cancelled only when the socket is closed, by either side.
/// </remarks>
internal sealed class LoopConnection : PipedConnection, ISocketHandler, IFirstByteTimeout
{
    private readonly LoopAcceptor _acceptor;
    private readonly ILogger _logger;
    private readonly LoopInput _input;
    private readonly LoopOutput _output;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _completed = new();
    private Detachment? _detachment;
    private LoopSocket? _socket;
    private PendingFirstByte? _firstByte;
    private Ending? _ending;
    private bool _hasEnded;

    public LoopConnection(LoopAcceptor acceptor, EndPoint local, EndPoint remote, ILogger logger)
        : base(acceptor.Pipes.Memory)
    {
        _acceptor = acceptor;
        _logger = logger;
        var output = new Pipe(acceptor.Pipes.Output);
        Output = output.Writer;
        _output = new LoopOutput(this, output.Reader);
        _input = new LoopInput(this, acceptor.Pipes.Input);
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        ConnectionClosed = _closed.Token;
    }

    /// <summary>The loop of the socket. All events of the connection are handled on its thread.</summary>
    public EventLoop Loop => _acceptor.Loop;

    public override PipeReader Input => _input;

    public override PipeWriter Output { get; }

    /// <summary>Begins to serve a socket. On the loop's thread.</summary>
    /// <exception cref="IOException">The kernel rejected the descriptor, which the caller still owns.</exception>
    public void Start(int descriptor)
    {
        _socket = Loop.Adopt(descriptor, this);
        _firstByte = _acceptor.FirstBytes.Start(this);
        _output.Start();
    }

    /// <summary>
    /// Whether <see cref="DetachAsync"/> is possible: not if a middleware such as TLS transforms the socket's bytes.
    /// </summary>
    /// <param name="features">The features of the request or of the connection.</param>
    public bool CanDetach(IFeatureCollection features) =>
        ReferenceEquals(features.Get<IConnectionTransportFeature>()?.Transport, this);

    /// <inheritdoc cref="TcpKeepAlive.KeepAlive"/>
    public void KeepAlive(TimeSpan? silence)
    {
        if (silence is not null)
        {
            Loop.RunOrPost(() =>
            {
                // A client that has sent FIN is probed sooner.
                if (!_hasEnded)
                {
                    SetKeepAlive(silence);
                }
            });
        }
    }

    /// <summary>
    /// Detaches the socket, after all written bytes were sent to it: the caller then owns the socket. Called on any
    /// thread, while no read or write of the connection is pending. Code that awaits the result continues on the
    /// loop's thread.
    /// </summary>
    /// <exception cref="IOException">The client has disconnected, or its connection was aborted.</exception>
    public ValueTask<DetachedSocket> DetachAsync()
    {
        var detachment = new Detachment(Loop);
        Loop.RunOrPost(() => BeginDetachment(detachment));
        return detachment.Task;
    }

    public override void Abort(ConnectionAbortedException? abortReason)
    {
        // Posted in any case: the server aborts while it holds locks, and Close runs code that waits for the end.
        if (TryEnd(abortReason))
        {
            Loop.Post(static connection => ((LoopConnection)connection).Close(), this);
        }
    }

    /// <summary>Sends the written bytes, then FIN. Waits until the socket is closed, unless it was detached.</summary>
    public override async ValueTask DisposeAsync()
    {
        await Input.CompleteAsync();
        await Output.CompleteAsync();
        await _completed.Task;
        _closed.Dispose();
        await base.DisposeAsync();
    }

    void ISocketHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
        _firstByte?.Stop();
        try
        {
            _input.Write(bytes);
        }
        catch (Exception ex)
        {
            TransportLog.Failed(_logger, ex, ConnectionId);
            Shut(ex);
        }
    }

    // The input ends as after FIN, and the server then closes the connection, whatever it waits for.
    void IFirstByteTimeout.TimedOut(PendingFirstByte pending) => Loop.RunOrPost(() =>
    {
        if (pending.Stop())
        {
            TransportLog.FirstByteTimedOut(_logger, ConnectionId);
            EndInput();
        }
    });

    void ISocketHandler.OnWritable() => _output.Writable();

    void ISocketHandler.OnEof()
    {
        _hasEnded = true;
        TransportLog.ReceivedFin(_logger, ConnectionId);

        // Probes distinguish a client that has disconnected from one that waits for its response: both send FIN.
        SetKeepAlive(TcpKeepAlive.HalfClosedSilence);
        _input.End(null);
    }

    void ISocketHandler.OnError(int error)
    {
        var cause = Errno.ToException(error);
        if (cause.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            TransportLog.Reset(_logger, ConnectionId);
            Shut(new ConnectionResetException(cause.Message, cause));
        }
        else
        {
            TransportLog.Failed(_logger, cause, ConnectionId);
            Shut(cause);
        }
    }

    /// <summary>Starts to receive. On any thread; the members below are called on the loop's thread.</summary>
    public void BeginInput() => Loop.RunOrPost(static self => ((LoopConnection)self).ResumeInput(), this);

    public void PauseInput()
    {
        TransportLog.Paused(_logger, ConnectionId);
        _socket?.Pause();
    }

    public void ResumeInput() => _socket?.Receive();

    /// <summary>Ends the input, because the reader has completed or the client sent nothing in time.</summary>
    public void EndInput()
    {
        _socket?.Pause();
        _input.End(null);
    }

    public int Send(ReadOnlySpan<byte> bytes) => _socket?.TrySend(bytes) ?? bytes.Length;

    public void OutputEnded() => Shut(reason: null);

    public void OutputFailed(Exception reason) => Shut(reason);

    public void OutputDrained()
    {
        // A socket that is closed before stops the output, which is then not drained.
        var socket = _socket ?? throw new InvalidOperationException("The output of a closed socket is not drained.");
        var detachment = _detachment ?? throw new InvalidOperationException("Only a detachment drains the output.");
        _socket = null;
        socket.Pause();
        _input.End(null);
        var unread = _input.TakeUnread();
        _completed.SetResult();
        detachment.Succeed(new DetachedSocket(socket, unread, _hasEnded));
    }

    private void SetKeepAlive(TimeSpan? silence)
    {
        if (_socket is { } socket)
        {
            SocketOptions.KeepAlive(Loop.Kernel, socket.Descriptor, silence);
        }
    }

    private void BeginDetachment(Detachment detachment)
    {
        if (_ending is not null || _socket is null)
        {
            detachment.Fail(DisconnectedError(_ending));
            return;
        }

        _detachment = detachment;
        _output.Drain();
    }

    /// <returns>Whether this is the first end of the connection.</returns>
    private bool TryEnd(Exception? reason)
    {
        var ending = new Ending(
            reason ?? new ConnectionAbortedException("All was sent that was to be."), WithReset: reason is not null);
        return Interlocked.CompareExchange(ref _ending, ending, null) is null;
    }

    private void Shut(Exception? reason)
    {
        _ = TryEnd(reason);
        Close();
    }

    private void Close()
    {
        if (_socket is not { } socket)
        {
            return;
        }

        var ending = _ending ?? throw new InvalidOperationException("A connection is not closed without a reason.");
        _socket = null;
        _firstByte?.Stop();
        if (ending.WithReset)
        {
            TransportLog.SendingRst(_logger, ConnectionId, ending.Reason.Message);
            socket.Reset();
        }
        else
        {
            TransportLog.SendingFin(_logger, ConnectionId, ending.Reason.Message);
            socket.Close();
        }

        _acceptor.ConnectionEnded();
        _output.Stop();
        _input.End(ending.Reason);

        // The callbacks of the token may block, so they do not run on the loop.
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.NotifyClosed(), this, preferLocal: false);
        _detachment?.Fail(DisconnectedError(ending));
    }

    private void NotifyClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException ex)
        {
            TransportLog.Failed(_logger, ex, ConnectionId);
        }

        _completed.SetResult();
    }

    private static IOException DisconnectedError(Ending? ending) => new("The client has disconnected.", ending?.Reason);

    private sealed record Ending(Exception Reason, bool WithReset);
}
