using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace WsBalancer.Sockets.Transport;

/// <summary>A connection that <see cref="ConnectionLimits"/> counts until it is disposed.</summary>
internal sealed class LimitedConnection : DelegatingConnection, IDuplexPipe
{
    private readonly ConnectionLimits _limits;
    private readonly FirstByteReader _input;

    public LimitedConnection(ConnectionContext inner, ConnectionLimits limits, FirstByteTimeouts firstBytes)
        : base(inner)
    {
        _limits = limits;
        _input = new FirstByteReader(inner.Transport.Input, firstBytes);
        Output = inner.Transport.Output;
        inner.Transport = this;
    }

    public PipeReader Input => _input;

    public PipeWriter Output { get; }

    public override async ValueTask DisposeAsync()
    {
        _input.Stop();
        await base.DisposeAsync();
        _limits.Release();
    }
}
