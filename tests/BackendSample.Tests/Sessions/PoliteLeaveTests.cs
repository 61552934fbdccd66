using System.Net;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Sessions;

public sealed class PoliteLeaveTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task OnASignal_ClientsGet1012_AndTheProcessExitsWith0(string signal)
    {
        using var node = NodeProcess.Start("serve", "--urls", "http://127.0.0.1:0", "--name", "ws-7");
        var address = new Uri(await node.ReadAddressAsync());
        using var alice = await TestClient.WelcomedAsync(address, "alice");
        using var bob = await TestClient.WelcomedAsync(address, "bob");

        await node.SignalAsync(signal);

        Assert.Equal((1012, "service restart"), await alice.ReceiveCloseAsync());
        Assert.Equal((1012, "service restart"), await bob.ReceiveCloseAsync());
        Assert.Equal(0, await node.WaitForExitAsync());
    }

    [Fact]
    public async Task WhileAClientHasNotAnswered_TheNodeReportsThatItIsDraining()
    {
        await using var node = await TestNode.StartAsync();
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");
        using var http = new HttpClient { BaseAddress = node.Address };
        Assert.Equal("""{"node":"ws-1","connections":1}""", await http.GetStringAsync("/healthz", Deadline.Token));

        var stopping = node.StopAsync();
        using var health = await http.GetAsync("/healthz", Deadline.Token);
        using var handshake = await Handshake.SendAsync(http, "/ws?user=bob");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Equal(["draining"], health.Headers.GetValues("X-WsBalancer-State"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, handshake.StatusCode);
        Assert.Equal(["draining"], handshake.Headers.GetValues("X-WsBalancer-State"));
        Assert.Equal((1012, "service restart"), await client.ReceiveCloseAsync());
        await stopping;
    }

    [Fact]
    public async Task AClientThatNeverAnswers_HoldsTheNodeUpNoLongerThanTheCloseTimeout()
    {
        await using var node = await TestNode.StartAsync(
            TestNode.Options with { CloseTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = await TestClient.WelcomedAsync(node.Address, "alice");

        await node.StopAsync();

        Assert.Equal(0, node.Sessions.Count);
    }

    [Fact]
    public async Task WhatWaitsInTheQueue_IsSentBeforeTheClose()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with { MaxQueueBytes = 64 * 1024 * 1024 });
        using var alice = await TestClient.WelcomedAsync(node.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(node.Address, "bob");
        // More than all socket buffers between client and node.
        var payload = new string('x', 100_000);
        for (var number = 0; number < 300; number++)
        {
            await bob.SendAsync($$"""{"type":"direct","to":"alice","data":["{{payload}}",{{number}}]}""");
        }

        // The node handles messages in order: after the echo, all of them are queued.
        await bob.SendAsync("""{"type":"echo"}""");
        await bob.ReceiveTextAsync();
        var stopping = node.StopAsync();

        // The notice is sent before the messages that have not begun.
        var received = new List<string>();
        while (received.Count < 301)
        {
            received.Add(await alice.ReceiveTextAsync());
        }

        Assert.Equal(1, received.RemoveAll(text => text.StartsWith("""{"type":"notice",""", StringComparison.Ordinal)));
        foreach (var (number, text) in received.Index())
        {
            Assert.EndsWith($",{number}]}}", text, StringComparison.Ordinal);
        }

        Assert.Equal((1012, "service restart"), await alice.ReceiveCloseAsync());
        Assert.Equal((1012, "service restart"), await bob.ReceiveCloseAsync());
        await stopping;
    }
}
