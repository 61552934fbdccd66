using System.Net.WebSockets;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.EndToEnd.Tests.Descriptors;

/// <summary>
/// Each stream of an HTTP/2 connection needs a connection to a node: when there is no descriptor for it, the stream is
/// refused, and the process continues.
/// </summary>
public sealed class Http2FloodTests
{
    // The most streams that a client may open on one connection.
    private const int Streams = 100;

    [Theory]
    [InlineData("sockets")]
    [InlineData("io_uring")]
    public async Task StreamsBeyondTheDescriptors_AreRefused_AndTheOthersContinue(string engine)
    {
        await using var secure = new SecureFleet(engine);
        await secure.InitializeAsync();
        using var client = secure.Begin();
        using var first = await client.Open(secure.Url("alice"));
        secure.Fleet.Balancer.Process.LeaveDescriptors(Streams);
        var open = new List<ClientWebSocket>();

        var refused = await OpenAsync(client, secure, open);
        await first.ReadText();
        await first.SendAsync(
            "still here"u8.ToArray(), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        Assert.Equal("still here", await first.ReadText());
        Assert.Equal("chat", (string?)(await secure.Fleet.Balancer.Cluster())["id"]);
        open.ForEach(socket => socket.Dispose());

        Assert.Contains("503", refused, StringComparison.Ordinal);
        await Deadline.Until("there are descriptors again", async () =>
        {
            var again = new List<ClientWebSocket>();
            var refusal = await OpenAsync(client, secure, again, most: 1);
            again.ForEach(socket => socket.Dispose());
            return refusal == "";
        });
    }

    /// <returns>The message of the first refusal; empty if there was none.</returns>
    private static async Task<string> OpenAsync(
        Http2Client client, SecureFleet secure, List<ClientWebSocket> open, int most = Streams)
    {
        while (open.Count < most)
        {
            try
            {
                open.Add(await client.Open(secure.Url($"user-{open.Count}")));
            }
            catch (WebSocketException refusal)
            {
                return refusal.Message;
            }
        }

        return "";
    }
}
