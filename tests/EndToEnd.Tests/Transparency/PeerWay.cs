using System.Net;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Interop;
using WsBalancer.EndToEnd.Tests.Peers;
using WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>Another proxy in the usual configuration for WebSockets, with the way that all cases share.</summary>
public abstract class PeerWay : IAsyncLifetime
{
    private readonly NodePort _node = new();
    private PeerBalancer? _proxy;

    /// <summary>The cause for which the machine cannot run these cases; null if it can.</summary>
    internal string? Missing { get; private set; }

    internal abstract Peers Peer { get; }

    internal Way Way { get; private set; } = null!;

    protected abstract string Program { get; }

    public async ValueTask InitializeAsync()
    {
        if (!InteropClient.IsOnPath(Program))
        {
            Missing = $"The program {Program} is missing: apt-get install {Program}";
            return;
        }

        // A second endpoint beside the Unix socket, over which a client has no address.
        var listen = LoopbackAddress.NextFree();
        _proxy = await Start(listen, _node.Number);
        Way = new Way(listen, _node, Case.Host);
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        await _node.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task<PeerBalancer> Start(IPEndPoint listen, int node);
}
