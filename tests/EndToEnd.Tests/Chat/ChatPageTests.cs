using Microsoft.Playwright;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.EndToEnd.Tests.Chat;

/// <summary>The chat page of the sample nodes, in a real browser, through the balancer.</summary>
public sealed class ChatPageTests : IAsyncLifetime
{
    private readonly List<WsNode> _nodes = [];
    private RedisServer? _redis;
    private Balancer? _balancer;
    private ChatBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.Start();
        foreach (var name in new[] { "ws-1", "ws-2" })
        {
            _nodes.Add(await WsNode.Start(name, 0, "--redis", _redis.Address));
        }

        _balancer = await Balancer.Start(BalancerConfig.With(_nodes));
        foreach (var node in _nodes)
        {
            await _balancer.UntilHealth(node.Name, "healthy");
        }

        _browser = await ChatBrowser.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_balancer?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task Chat_OfTwoUsersOnTwoNodes_ReachesBoth()
    {
        var (alice, bob) = await OpenOnTwoNodes();

        await alice.Send("Hello <b>there</b>");
        await bob.UntilMessages("Hello <b>there</b>");
        await bob.Send("Hi!");

        await alice.UntilMessages("Hello <b>there</b>", "Hi!");
        await bob.UntilMessages("Hello <b>there</b>", "Hi!");
        foreach (var window in new[] { alice, bob })
        {
            await Assertions.Expect(window.Users).ToHaveCountAsync(2);
            Assert.Empty(window.Errors);
            Assert.Equal([_balancer!.Urls[0].Authority], window.Hosts);
        }

        await TakePicture(alice, "chat");
    }

    [Fact]
    public async Task Chat_WhenTheNodeIsKilled_MissesNothing()
    {
        var (alice, bob) = await OpenOnTwoNodes();
        var lost = await alice.Node();
        await alice.Send("one");
        await bob.UntilMessages("one");

        await _nodes.Single(node => node.Name == lost).Kill();
        await bob.Send("two");
        await bob.Send("three");
        await alice.Send("four");

        await alice.UntilNode(await bob.Node());
        var order = await TextsOf(bob, 4);
        await alice.UntilMessages(order);
        Assert.Equal(["four", "one", "three", "two"], order.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Chat_OnAPhone_ShowsWhatWasWrittenBefore()
    {
        var (alice, _) = await OpenOnTwoNodes();
        await alice.Send("first");
        await alice.UntilMessages("first");

        var phone = await _browser!.Open(_balancer!.Urls[0], "carol", width: 360, height: 640);

        await phone.UntilMessages("first");
        Assert.Equal(360, await phone.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await Assertions.Expect(phone.Page.Locator("#text")).ToBeInViewportAsync();
        await TakePicture(phone, "chat-phone");
    }

    /// <summary>Opens the page for two users whom the balancer places on different nodes.</summary>
    private async Task<(ChatWindow First, ChatWindow Second)> OpenOnTwoNodes()
    {
        var placed = await _balancer!.VisitAll(["alice", "bob", "dave", "erin", "frank", "grace", "heidi", "ivan"]);
        var second = placed.First(entry => entry.Value != placed["alice"]).Key;
        var alice = await _browser!.Open(_balancer.Urls[0], "alice");
        var other = await _browser.Open(_balancer.Urls[0], second);
        Assert.NotEqual(await alice.Node(), await other.Node());
        return (alice, other);
    }

    private static async Task<string[]> TextsOf(ChatWindow window, int count)
    {
        await Assertions.Expect(window.Page.Locator("#messages li p")).ToHaveCountAsync(count);
        return [.. await window.Page.Locator("#messages li p").AllInnerTextsAsync()];
    }

    // The pictures of the documents are made here: WSBALANCER_PICTURES is the folder to write them to.
    private static async Task TakePicture(ChatWindow window, string name)
    {
        var picture = await window.Page.ScreenshotAsync();
        Assert.NotEmpty(picture);
        if (Environment.GetEnvironmentVariable("WSBALANCER_PICTURES") is { Length: > 0 } folder)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.png"), picture);
        }
    }
}
