using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>An open tunnel with the test at both ends.</summary>
internal sealed class HeldTunnel : IAsyncDisposable
{
    /// <summary>The user of the tunnel.</summary>
    public const string User = "alice";

    /// <summary>The target of the handshake.</summary>
    public const string Target = $"/chat?user={User}";

    private readonly Together _owned;

    public HeldTunnel(Balancer balancer, RawClient client, NodeConnection node, params IAsyncDisposable[] owned)
    {
        (Balancer, Client, Node) = (balancer, client, node);
        _owned = new Together(owned);
    }

    public Balancer Balancer { get; }

    public RawClient Client { get; }

    /// <summary>The node's end.</summary>
    public NodeConnection Node { get; }

    /// <summary>Opens a tunnel through a balancer that other tests use too.</summary>
    public static async Task<HeldTunnel> Open(OneNode shared)
    {
        var client = await shared.Begin(Script.Hold()).Open(User);
        return new HeldTunnel(shared.Balancer, client, await shared.Node.NextArrival());
    }

    /// <summary>Opens a tunnel through a balancer of its own, with these settings.</summary>
    public static async Task<HeldTunnel> Open(params IEnumerable<(string Key, string Value)> settings)
    {
        var server = ScriptedNode.Start("a", Script.Hold());
        var config = BalancerConfig.With(server);
        foreach (var (key, value) in settings)
        {
            config.Set(key, value);
        }

        var balancer = await Balancer.Start(config);
        var client = await balancer.Open(User);
        return new HeldTunnel(balancer, client, await server.NextArrival(), server, balancer);
    }

    /// <summary>
    /// Sends in both directions at once, in pieces of random size unless <paramref name="pieces"/> is null; each end
    /// must receive exactly these bytes.
    /// </summary>
    public async Task AssertRelayed(byte[] fromClient, byte[] fromNode, Random? pieces = null)
    {
        var atNode = Node.Wire.ReadBytes(fromClient.Length);
        var atClient = Client.Wire.ReadBytes(fromNode.Length);
        await Task.WhenAll(
            Send(Client.Wire, fromClient, pieces is null ? null : new Random(pieces.Next())),
            Send(Node.Wire, fromNode, pieces is null ? null : new Random(pieces.Next())));

        AssertSame(fromClient, await atNode, "The node got other bytes than the client sent.");
        AssertSame(fromNode, await atClient, "The client got other bytes than the node sent.");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Node.Dispose();
        await _owned.DisposeAsync();
    }

    private static void AssertSame(byte[] sent, byte[] received, string difference) =>
        Assert.True(sent.AsSpan().SequenceEqual(received), difference);

    private static async Task Send(WireEnd wire, byte[] bytes, Random? pieces)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            var size = Math.Min(pieces?.Next(1, pieces.Next(2) == 0 ? 5 : 20_000) ?? bytes.Length, bytes.Length - sent);
            await wire.Send(bytes.AsMemory(sent, size));
            sent += size;
        }
    }
}
