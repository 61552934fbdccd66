using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace WsBalancer.Sockets.Transport;

/// <summary>A connection for the server, over any two pipes. The object implements its own features.</summary>
internal abstract class PipedConnection : ConnectionContext, IDuplexPipe, IConnectionIdFeature,
    IConnectionTransportFeature, IConnectionItemsFeature, IMemoryPoolFeature, IConnectionLifetimeFeature,
    IConnectionEndPointFeature
{
    private static readonly Type[] OwnFeatures =
    [
        typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature),
        typeof(IMemoryPoolFeature), typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature),
        typeof(LoopConnection),
    ];

    private IDictionary<object, object?>? _items;

    protected PipedConnection(MemoryPool<byte> memory)
    {
        MemoryPool = memory;
        Features = new ConnectionFeatures(OwnFeatures, this);
        Transport = this;
    }

    public override string ConnectionId { get; set; } = ConnectionIds.Next();

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <summary>The connection itself, until a middleware such as TLS replaces it.</summary>
    public sealed override IDuplexPipe Transport { get; set; }

    public MemoryPool<byte> MemoryPool { get; }

    public abstract PipeReader Input { get; }

    public abstract PipeWriter Output { get; }
}
