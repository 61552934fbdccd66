using System.Net.WebSockets;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Sessions;

public sealed class EchoTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task TheFirstMessage_IsTheWelcome()
    {
        using var client = await TestClient.ConnectAsync(_node.Address, "alice");

        Assert.Equal("""{"type":"welcome","node":"ws-1","user":"alice"}""", await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("""{"type":"echo"}""")]
    [InlineData(""" {"text" : "döner \ud83e\udd59 🥙",   "type":"echo" } """)]
    public async Task AnEcho_IsReturnedByteForByte(string text)
    {
        using var client = await TestClient.WelcomedAsync(_node.Address, "alice");

        await client.SendAsync(text);

        Assert.Equal(text, await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    [InlineData(16 * 1024 * 1024)]
    public async Task ABinaryMessage_IsReturnedByteForByte(int length)
    {
        using var client = await TestClient.WelcomedAsync(_node.Address, "alice");
        var bytes = Bytes(length);

        // The whole message is sent before anything is received, as simple clients do.
        await client.SendAsync(bytes);

        var (type, echoed) = await client.ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Binary, type);
        AssertSame(bytes, echoed);
    }

    [Fact]
    public async Task ALongEchoOfText_IsReturnedByteForByte()
    {
        using var client = await TestClient.WelcomedAsync(_node.Address, "alice");
        var text = $$"""{"type":"echo","data":"{{new string('x', 16 * 1024 * 1024)}}"}""";

        await client.SendAsync(text);

        Assert.True(text == await client.ReceiveTextAsync(), "The text came back changed.");
    }

    [Fact]
    public async Task AFragmentedMessage_IsReturnedAsOneMessage()
    {
        using var client = await TestClient.WelcomedAsync(_node.Address, "alice");
        var bytes = Bytes(200_000);

        await client.SendAsync([], end: false);
        await client.SendAsync(bytes[..1], end: false);
        await client.SendAsync(bytes[1..150_000], end: false);
        await client.SendAsync(bytes[150_000..], end: false);
        await client.SendAsync([]);

        AssertSame(bytes, (await client.ReceiveAsync()).Bytes);
    }

    [Fact]
    public async Task AMessageOfOthersDuringAnEcho_FollowsIt()
    {
        using var alice = await TestClient.WelcomedAsync(_node.Address, "alice");
        using var bob = await TestClient.WelcomedAsync(_node.Address, "bob");
        var bytes = Bytes(100_000);
        await alice.SendAsync(bytes[..70_000], end: false);
        // The first part of the echo proves that the echo has begun.
        var part = await alice.Socket.ReceiveAsync(new byte[1], Deadline.Token);
        await bob.SendAsync("""{"type":"direct","to":"alice","data":1}""");
        await bob.SendAsync("""{"type":"echo"}""");
        await bob.ReceiveTextAsync();

        await alice.SendAsync(bytes[70_000..]);

        Assert.False(part.EndOfMessage);
        AssertSame(bytes[1..], (await alice.ReceiveAsync()).Bytes);
        Assert.StartsWith("""{"type":"direct",""", await alice.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNotUnderstood_IsAnsweredByAnError_AndTheConnectionStays()
    {
        using var client = await TestClient.WelcomedAsync(_node.Address, "alice");

        await client.SendAsync("hello");
        var error = await client.ReceiveTextAsync();
        await client.SendAsync("""{"type":"echo"}""");

        Assert.StartsWith("""{"type":"error","reason":"not valid JSON""", error, StringComparison.Ordinal);
        Assert.Equal("""{"type":"echo"}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task AClosingClient_IsAnsweredWithItsOwnCode()
    {
        using var client = await TestClient.WelcomedAsync(_node.Address, "alice");

        await client.Socket.CloseAsync((WebSocketCloseStatus)4321, "bye", Deadline.Token);

        Assert.Equal(4321, (int?)client.Socket.CloseStatus);
        await Deadline.UntilAsync(() => _node.Sessions.Count == 0, "the session has ended");
    }

    // Not Assert.Equal, which would print megabytes.
    private static void AssertSame(byte[] sent, byte[] received) => Assert.True(
        sent.AsSpan().SequenceEqual(received), $"{sent.Length} bytes came back changed, as {received.Length}.");

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
