using WsBalancer.Proxy.Admission;

namespace WsBalancer.Proxy.Tests.Admission;

/// <summary>
/// A balancer whose cluster has limits. No client connects to the nodes: tests take the places themselves.
/// </summary>
internal sealed class LimitedCluster : IAsyncDisposable
{
    private readonly List<TestTunnel> _tunnels = [];

    public LimitedCluster(params (string Limit, string Value)[] limits)
        : this(["ws-1", "ws-2", "ws-3"], limits)
    {
    }

    public LimitedCluster(string[] nodes, params (string Limit, string Value)[] limits)
    {
        Settings = limits.Aggregate(
            ChatSettings.OfNodes(nodes), (all, limit) => all.With(Key(limit.Limit), limit.Value));
        App = BalancerApp.Build(Settings);

        // The control is started without a server, so that the application does not listen.
        _ = Control.StartAsync(TestContext.Current.CancellationToken);
    }

    public Dictionary<string, string?> Settings { get; }

    public BalancerApp App { get; }

    public AdmissionControl Control => App.Get<AdmissionControl>();

    public ClusterAdmission Gate => Control.GateOf(App.Chat);

    public static string Key(string limit) => $"{ChatSettings.Ours}Limits:{limit}";

    /// <summary>Admits a handshake, and fails if it is refused.</summary>
    public HandshakeReservation Enter(string? user = null)
    {
        Assert.Null(Control.Enter(App.Chat, user, out var place));
        return Assert.IsType<HandshakeReservation>(place);
    }

    /// <summary>Admits a handshake, and takes a place at a node.</summary>
    public HandshakeReservation EnterAt(string node, string? user = null)
    {
        var place = Enter(user);
        Assert.True(place.TryTake(App.Node(node)));
        return place;
    }

    /// <summary>Registers a tunnel without a place, as without limits.</summary>
    public TestTunnel Open(string node, string? user = null) =>
        Kept(new TestTunnel(App.Tunnels, App.Node(node), user, App.Time));

    /// <summary>Opens a tunnel with a place.</summary>
    public TestTunnel Open(string node, HandshakeReservation place, string? user = null) =>
        Kept(new TestTunnel(App.Tunnels, App.Node(node), user, App.Time, register: place.Open));

    public async ValueTask DisposeAsync()
    {
        _tunnels.ForEach(tunnel => tunnel.Dispose());
        await App.DisposeAsync();
    }

    private TestTunnel Kept(TestTunnel tunnel)
    {
        lock (_tunnels)
        {
            _tunnels.Add(tunnel);
        }

        return tunnel;
    }
}
