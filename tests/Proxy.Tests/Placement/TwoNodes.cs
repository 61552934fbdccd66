using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Placement;

/// <summary>A balancer with two real nodes, and a user whose order is the first node, then the second.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    private TwoNodes(BalancerApp app, TestNode first, TestNode second)
    {
        App = app;
        First = first;
        Second = second;
        User = app.UserOf("ws-1", "ws-2");
    }

    public BalancerApp App { get; }

    public TestNode First { get; }

    public TestNode Second { get; }

    public string User { get; }

    /// <param name="firstRefuses">Whether the first node refuses connections.</param>
    /// <param name="settings">Changes of the settings, if any.</param>
    public static async Task<TwoNodes> StartAsync(
        bool firstRefuses = false, Func<Dictionary<string, string?>, Dictionary<string, string?>>? settings = null)
    {
        var (first, second) = (new TestNode("ws-1", firstRefuses), new TestNode("ws-2"));
        var all = ChatSettings.Of(("ws-1", first.Address), ("ws-2", second.Address));
        return new TwoNodes(await BalancerApp.StartAsync(settings?.Invoke(all) ?? all), first, second);
    }

    public Node Node(string id) => App.Node(id);

    public Task<HttpResponseMessage> HandshakeAsync() => App.HandshakeAsync($"/ws?user={User}");

    public Task<HttpResponseMessage> GetAsync() => App.SendAsync(HttpMethod.Get, $"/page?user={User}");

    public Task<HttpResponseMessage> PostAsync(HttpContent content) =>
        App.SendAsync(HttpMethod.Post, $"/form?user={User}", content);

    /// <summary>The name of the node that sent a response, or the status if the response is an error.</summary>
    public static async Task<string> SourceOf(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode ? text : $"{(int)response.StatusCode}";
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
