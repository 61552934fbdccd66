using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Tests.Placement;

/// <summary>Tunnels that are closed as soon as they open: the fleet has changed since their handshake began.</summary>
public sealed class TunnelOpeningTests
{
    [Fact]
    public async Task NodeThatHasLeftBeforeItAnswers_HasItsTunnelClosed()
    {
        await using var nodes = await TwoNodes.StartAsync();

        var closeCode = await CloseCodeAfterAsync(nodes, () =>
        {
            nodes.App.Apply(ChatSettings.Of(("ws-2", nodes.Second.Address)));
            nodes.App.Fleet.Sweep();
            Assert.Null(nodes.App.Chat.Find("ws-1"));
        });

        Assert.Equal(1012, closeCode);
    }

    [Fact]
    public async Task HandshakeThatIsPendingAtTheStop_HasItsTunnelClosed()
    {
        await using var nodes = await TwoNodes.StartAsync();

        var closeCode = await CloseCodeAfterAsync(nodes, nodes.App.Get<Readiness>().Refuse);

        Assert.Equal(1001, closeCode);
    }

    /// <summary>The code of the Close frame of a tunnel whose node answers after a change.</summary>
    private static async Task<int> CloseCodeAfterAsync(TwoNodes nodes, Action change)
    {
        var changed = new TaskCompletionSource();
        nodes.First.OnRequest = async request =>
        {
            await changed.Task;
            await request.EchoAsync();
        };
        var handshake = nodes.HandshakeAsync();
        await Deadline.Until("it is under way", () => nodes.First.Requests.Count > 0);

        change();
        changed.SetResult();

        using var response = await handshake;
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var close = new byte[4];
        await stream.ReadExactlyAsync(close, TestContext.Current.CancellationToken).AsTask().WaitAsync(
            Deadline.Default, TestContext.Current.CancellationToken);
        Assert.Equal(0x88, close[0]);
        return (close[2] << 8) | close[3];
    }
}
