using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>
/// One balancer with one scripted node, for all the tests of a class: the start of a balancer takes a second.
/// </summary>
public sealed class OneNode : IAsyncLifetime
{
    private Balancer? _balancer;

    internal ScriptedNode Node { get; } = ScriptedNode.Start("a");

    internal Balancer Balancer => _balancer ?? throw new InvalidOperationException("It has not started.");

    public async ValueTask InitializeAsync() => _balancer = await Balancer.Start(BalancerConfig.With(Node));

    /// <summary>Begins a test: clears earlier requests, and sets the script for new connections.</summary>
    internal Balancer Begin(Func<NodeConnection, Task>? script = null)
    {
        Node.Forget();
        Node.Script = script ?? Script.Echo();
        return Balancer;
    }

    public async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        await Node.DisposeAsync();
    }
}
