using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace WsBalancer.Proxy.Sockets.Transport;

/// <summary>
/// A client's connection, whose first request may have a target that begins with <c>ws://</c> or <c>wss://</c>: the
/// server, which refuses both, reads <c>http://</c> and <c>https://</c>.
/// </summary>
/// <remarks>
/// All other members are those of the connection. The TLS middleware sets the transport, whose decrypted bytes are read
/// in the same way.
/// </remarks>
internal sealed class SchemeConnection : ConnectionContext
{
    private readonly ConnectionContext _inner;
    private Pipes _transport;

    public SchemeConnection(ConnectionContext inner)
    {
        _inner = inner;
        _transport = new Pipes(this, inner.Transport);
    }

    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => _inner.Items;
        set => _inner.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _transport;
        set
        {
            _inner.Transport = value;
            _transport = new Pipes(this, value);
        }
    }

    public override CancellationToken ConnectionClosed
    {
        get => _inner.ConnectionClosed;
        set => _inner.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _inner.LocalEndPoint;
        set => _inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _inner.RemoteEndPoint;
        set => _inner.RemoteEndPoint = value;
    }

    public override void Abort() => _inner.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Keeps the pipes of a rewritten request, which may hold bytes that the transport no longer
    /// has.</summary>
    private void Rewritten(Pipes pipes)
    {
        if (ReferenceEquals(pipes, _transport))
        {
            _inner.Transport = pipes;
        }
    }

    private sealed class Pipes : IDuplexPipe
    {
        public Pipes(SchemeConnection connection, IDuplexPipe inner)
        {
            Input = new SchemeReader(inner.Input, () => connection.Rewritten(this));
            Output = inner.Output;
        }

        public PipeReader Input { get; }

        public PipeWriter Output { get; }
    }
}
