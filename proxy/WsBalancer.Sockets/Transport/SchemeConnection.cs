using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// A client's connection, whose first request may have a target that begins with <c>ws://</c> or <c>wss://</c>. The
/// server rejects both, and therefore receives <c>http://</c> and <c>https://</c> instead.
/// </summary>
/// <remarks>
/// The TLS middleware sets the transport, whose decrypted bytes are read in the same way.
/// </remarks>
internal sealed class SchemeConnection : DelegatingConnection
{
    private Pipes _transport;

    public SchemeConnection(ConnectionContext inner)
        : base(inner) =>
        _transport = new Pipes(this, inner.Transport);

    public override IDuplexPipe Transport
    {
        get => _transport;
        set
        {
            Inner.Transport = value;
            _transport = new Pipes(this, value);
        }
    }

    /// <summary>Keeps the pipes of a rewritten request, which may hold bytes that the transport no longer
    /// has.</summary>
    private void Rewritten(Pipes pipes)
    {
        if (ReferenceEquals(pipes, _transport))
        {
            Inner.Transport = pipes;
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
