using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Sessions;

/// <summary>A node that stops closes its connections at a pace.</summary>
public sealed class SessionDrainTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Drain_OfManyClients_ClosesThemAtTheRate()
    {
        await using var node = await StartAsync(TestNode.Options with { DrainRate = 10 });

        await AssertDrainAsync(node, 0, 100, 200, 300);
    }

    [Fact]
    public async Task Drain_OfMoreClientsThanTheRateAllows_EndsAtItsTimeout()
    {
        await using var node = await StartAsync(
            TestNode.Options with { DrainRate = 1, DrainTimeout = TimeSpan.FromSeconds(2) });

        await AssertDrainAsync(node, 0, 500, 1000, 1500);
    }

    [Fact]
    public async Task Drain_WithoutClients_EndsAtOnce()
    {
        await using var node = await StartAsync(TestNode.Options);

        await node.StopAsync();
    }

    /// <summary>Drains the node, with a client for each time at which one must be notified and closed.</summary>
    private async Task AssertDrainAsync(TestNode node, params int[] times)
    {
        var clients = await ConnectAsync(node, times.Length);
        var begin = _time.GetUtcNow();

        var stopping = node.StopAsync();
        var notices = await NoticesAsync(clients);

        Assert.Equal(times, notices.Select(notice => (int)notice.ReconnectInMs));
        foreach (var (milliseconds, client) in notices)
        {
            var closing = client.ReceiveCloseAsync();
            await AdvanceUntilAsync(closing);
            Assert.Equal((1012, "service restart"), await closing);
            Assert.True(_time.GetUtcNow() - begin >= TimeSpan.FromMilliseconds(milliseconds));
        }

        await stopping;
    }

    private static async Task<List<TestClient>> ConnectAsync(TestNode node, int count)
    {
        var clients = new List<TestClient>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await TestClient.WelcomedAsync(node.Address, $"user-{i}"));
        }

        return clients;
    }

    private static async Task<List<(long ReconnectInMs, TestClient Client)>> NoticesAsync(List<TestClient> clients)
    {
        var notices = new List<(long ReconnectInMs, TestClient Client)>();
        foreach (var client in clients)
        {
            var notice = JsonElement.Parse(await client.ReceiveTextAsync());
            Assert.Equal("drain", notice.GetProperty("reason").GetString());
            notices.Add((notice.GetProperty("reconnectInMs").GetInt64(), client));
        }

        return [.. notices.OrderBy(notice => notice.ReconnectInMs)];
    }

    private Task AdvanceUntilAsync(Task closing) => Deadline.UntilAsync(
        () =>
        {
            if (!closing.IsCompleted)
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
            }

            return closing.IsCompleted;
        },
        "the connection is closed");

    private Task<TestNode> StartAsync(NodeOptions options) =>
        TestNode.StartAsync(options, services => services.AddSingleton<TimeProvider>(_time));
}
