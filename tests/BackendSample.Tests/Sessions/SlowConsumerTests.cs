using System.Text.Json;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Sessions;

/// <summary>Clients that read slowly.</summary>
public sealed class SlowConsumerTests
{
    private const int Limit = 1024 * 1024;

    [Fact]
    public async Task ADirectMessage_DisplacesRoomMessages_AndTheClientIsNotifiedOfTheGap()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with { MaxQueueBytes = Limit });
        using var slow = await TestClient.WelcomedAsync(node.Address, "slow");
        using var sender = await TestClient.WelcomedAsync(node.Address, "sender");
        await slow.JoinAsync("r");
        await sender.JoinAsync("r");
        var (stored, directs) = (0, 0);
        while (node.Shed[Priority.Room] == 0)
        {
            // Until the buffers between node and client are full, the queue becomes shorter again.
            var isFull = Queued(node, "slow") > Limit * 3 / 4;
            await SendAsync(sender, isFull
                ? $$"""{"type":"direct","to":"slow","id":"d{{directs++}}","data":"{{new string('y', 300_000)}}"}"""
                : $$"""{"type":"room","room":"r","id":"{{stored++}}","data":"{{new string('x', 50_000)}}"}""");
        }

        await SendAsync(sender, """{"type":"room","room":"r","id":"last","data":1}""");

        var last = 0L;
        var (gaps, received) = (0, 0);
        while (last <= stored)
        {
            var message = JsonElement.Parse(await slow.ReceiveTextAsync());
            var offset = message.GetProperty("offset").GetInt64();
            switch (message.GetProperty("type").GetString())
            {
                case "direct":
                    received++;
                    break;
                case "gap":
                    gaps++;
                    Assert.True(offset > last);
                    last = offset;
                    break;
                default:
                    Assert.Equal(last + 1, offset);
                    last = offset;
                    break;
            }
        }

        Assert.Equal((1, directs), (gaps, received));
    }

    [Fact]
    public async Task TypingNotices_AreShedForAClientThatDoesNotRead_WhichStaysConnected()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with { MaxQueueBytes = 1024 });
        using var slow = await TestClient.WelcomedAsync(node.Address, "slow");
        using var sender = await TestClient.WelcomedAsync(node.Address, "sender");
        await slow.JoinAsync(new string('r', 200));
        await sender.JoinAsync(new string('r', 200));

        await Deadline.UntilAsync(
            async () =>
            {
                for (var sent = 0; sent < 200; sent++)
                {
                    await sender.SendAsync($$"""{"type":"typing","room":"{{new string('r', 200)}}"}""");
                    await sender.ReceiveTextAsync();
                }

                return node.Shed[Priority.Ephemeral] > 0;
            },
            "a typing notice was shed");

        Assert.Equal(2, node.Sessions.Count);
    }

    private static int Queued(TestNode node, string user) =>
        node.Sessions.Sessions.Where(session => session.User == user).Sum(session => session.QueuedBytes);

    private static async Task SendAsync(TestClient sender, string text)
    {
        await sender.SendAsync(text);
        while (!(await sender.ReceiveTextAsync()).Contains("\"ack\"", StringComparison.Ordinal))
        {
            // The sender's own room messages may arrive before the acknowledgement.
        }
    }
}
