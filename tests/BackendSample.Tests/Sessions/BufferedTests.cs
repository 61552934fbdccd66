using System.Net.WebSockets;
using WsBalancer.BackendSample.Sessions;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Sessions;

/// <summary>The memory that the messages of all clients hold together.</summary>
public sealed class BufferedTests : IAsyncLifetime
{
    private const int Most = 1024 * 1024;
    private const int Part = 300_000;

    private static readonly (int?, string?) TryAgainLater = (1013, "too many messages under way");

    private readonly FakeLog _log = new();
    private readonly List<TestClient> _clients = [];
    private TestNode _node = null!;

    public async ValueTask InitializeAsync() =>
        _node = await TestNode.StartAsync(TestNode.Options with { MaxBufferedBytes = Most }, _log.AddTo);

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task AnUnfinishedText_CostsAboutItsSize()
    {
        var client = await WelcomedAsync("alice");

        await client.SendAsync(new byte[Part], WebSocketMessageType.Text, end: false);

        await UntilHeldAsync(Part - ClientMemory.Allowance);
        Assert.InRange(_node.Memory.Held, 0, Part + PieceSize.Max);
    }

    [Fact]
    public async Task TheTextThatExceedsTheBound_ClosesItsConnectionWith1013()
    {
        for (var holder = 1; holder <= 3; holder++)
        {
            var client = await WelcomedAsync($"holder{holder}");
            await client.SendAsync(new byte[Part], WebSocketMessageType.Text, end: false);
            await UntilHeldAsync(holder * (Part - ClientMemory.Allowance));
        }

        var one = await WelcomedAsync("one-too-many");
        await one.SendAsync(new byte[Part], WebSocketMessageType.Text, end: false);

        Assert.Equal(TryAgainLater, await one.ReceiveCloseAsync());
        Assert.Equal(1, _log.Count("MemoryExhausted"));
        await Deadline.UntilAsync(() => _node.Sessions.Count == 3, "only the last one is closed");
        Assert.InRange(_node.Memory.Held, 3 * (Part - ClientMemory.Allowance), Most);
    }

    [Fact]
    public async Task WithTheBoundReached_OrdinaryMessagesPass()
    {
        await ExhaustAsync();
        var alice = await WelcomedAsync("alice");
        var text = $$"""{"type":"echo","data":"{{new string('x', 5_000)}}"}""";

        for (var message = 0; message < 10; message++)
        {
            await alice.SendAsync(text);
            Assert.Equal(text, await alice.ReceiveTextAsync());
            await alice.SendAsync(new byte[5_000]);
            Assert.Equal(5_000, (await alice.ReceiveAsync()).Bytes.Length);
        }
    }

    [Fact]
    public async Task WhenTheHoldersHaveDisconnected_LongMessagesPassAgain_AndOneLineIsLogged()
    {
        await ExhaustAsync();
        await ExhaustAsync();

        _clients.ForEach(client => client.Socket.Abort());

        await UntilNothingIsHeldAsync();
        Assert.Equal(1, _log.Count("MemoryExhausted"));
        Assert.Equal(1, _log.Count("MemoryAvailable"));
        var alice = await WelcomedAsync("alice");
        var text = $$"""{"type":"echo","data":"{{new string('x', Most - 100_000)}}"}""";
        await alice.SendAsync(text);
        Assert.True(text == await alice.ReceiveTextAsync(), "The text came back changed.");
        await UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task EchoesThatAreNotRead_CountToo()
    {
        var deaf = await WelcomedAsync("deaf");

        // More than the limit and all socket buffers between client and node; the node reads and discards the rest.
        for (var sent = 0; sent < 300; sent++)
        {
            await deaf.SendAsync(new byte[100_000], end: false);
        }

        Assert.Equal(TryAgainLater, await deaf.ReceiveCloseAsync());
        await UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task AMessageThatIsHandled_HoldsNothing()
    {
        var alice = await WelcomedAsync("alice");
        var payload = new string('x', Part);
        await alice.SendAsync($$"""{"type":"direct","to":"alice","data":"{{payload}}"}""");
        await alice.ReceiveTextAsync();
        await alice.SendAsync($$"""{"type":"shout","data":"{{payload}}"}""");
        await alice.ReceiveTextAsync();
        await alice.SendAsync(new byte[Part]);
        await alice.ReceiveAsync();

        await UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task AConnectionThatBreaksOff_HoldsNothing()
    {
        var text = await WelcomedAsync("text");
        await text.SendAsync(new byte[Part], WebSocketMessageType.Text, end: false);
        await UntilHeldAsync(Part - ClientMemory.Allowance);
        var binary = await WelcomedAsync("binary");
        await binary.SendAsync(new byte[Part], end: false);

        text.Socket.Abort();
        binary.Socket.Abort();

        await UntilNothingIsHeldAsync();
    }

    [Fact]
    public async Task ATextAboveItsOwnLimit_HoldsNothingWhileTheCloseIsUnanswered()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with { MaxMessageBytes = Part });
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");

        await client.SendAsync(new byte[Part + 1], WebSocketMessageType.Text, end: false);

        await Deadline.UntilAsync(() => node.Memory.UnusedBytes > 0 && node.Memory.Held == 0, "nothing is held");
        Assert.Equal(1, node.Sessions.Count);
    }

    private async Task ExhaustAsync()
    {
        for (var sent = 0; sent < Most; sent += Part)
        {
            var holder = await WelcomedAsync("holder");
            await holder.SendAsync(new byte[Part], WebSocketMessageType.Text, end: false);
        }

        await Deadline.UntilAsync(() => _log.Count("MemoryExhausted") == 1, "the bound is reached");
    }

    private async Task<TestClient> WelcomedAsync(string user)
    {
        var client = await TestClient.WelcomedAsync(_node.Address, user);
        _clients.Add(client);
        return client;
    }

    private Task UntilHeldAsync(int bytes) =>
        Deadline.UntilAsync(() => _node.Memory.Held >= bytes, $"{bytes} bytes are held");

    private Task UntilNothingIsHeldAsync() => Deadline.UntilAsync(() => _node.Memory.Held == 0, "nothing is held");
}
