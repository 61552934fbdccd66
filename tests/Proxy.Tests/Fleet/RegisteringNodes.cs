using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Fleet;

/// <summary>A balancer whose cluster has nodes that register themselves.</summary>
internal sealed class RegisteringNodes : IAsyncDisposable
{
    public RegisteringNodes(params (string Key, string Value)[] settings)
    {
        Settings = settings.Aggregate(Settings, (all, setting) => all.With(setting.Key, setting.Value));
        App = BalancerApp.Build(Settings, services => services.AddSingleton<IMembershipSource>(Source));
    }

    public Dictionary<string, string?> Settings { get; } = ChatSettings.OfNodes("ws-1", "ws-2");

    public FakeMembership Source { get; } = new();

    public BalancerApp App { get; }

    public static NamedNode Node(string id, int weight = 1, string? address = null) =>
        new("chat", id, address ?? $"http://{id}.invalid/", weight, IsDraining: false);

    public Task TakeOverAsync() =>
        App.Get<Registrations>().TakeOverAsync(TestContext.Current.CancellationToken);

    /// <summary>Sets the nodes that the source reports from now on.</summary>
    public Task NameAsync(params NamedNode[] nodes)
    {
        Source.Nodes = nodes;
        return TakeOverAsync();
    }

    public Task AdvanceAsync(TimeSpan time)
    {
        App.Time.Advance(time);
        return TakeOverAsync();
    }

    /// <summary>The cluster's nodes as <c>id@weight source</c>.</summary>
    public IEnumerable<string> Nodes() => App.Chat.Current.Nodes.Select(
        node => $"{node.Id}@{node.Weight} {NodeLabel.Of(node.Source)}");

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
