using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class HandshakeOutcomesTests
{
    [Fact]
    public async Task Outcomes_AreNotified_OfHandshakesAlone()
    {
        await using var node = new TestNode("ws-1");
        await using var app = await BalancerApp.StartAsync(ChatSettings.Of(("ws-1", node.Address)));
        var published = new List<bool>();
        app.Get<HandshakeOutcomes>().Happened += (key, succeeded) =>
        {
            Assert.Equal("ws-1", key.Id);
            published.Add(succeeded);
        };

        using (await app.HandshakeAsync("/?user=alice"))
        {
            await Deadline.Until("success", () => published is [true]);
        }

        foreach (var status in (int[])[400, 401, 403, 429, 404, 500])
        {
            node.OnRequest = request => request.ReplyAsync(status, "no");
            using var refused = await app.HandshakeAsync("/?user=alice");
            using var plain = await app.SendAsync(HttpMethod.Get, "/?user=alice");
        }

        Assert.Equal([true, false, false], published);

        node.Refuse();
        using var unreachable = await app.HandshakeAsync("/?user=alice");
        Assert.Equal([true, false, false, false], published);
    }
}
