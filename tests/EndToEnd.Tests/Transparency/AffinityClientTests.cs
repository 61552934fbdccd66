namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// Real clients that begin with a plain request and keep a session at its node: every later request and the WebSocket
/// must reach the same node.
/// </summary>
public sealed class AffinityClientTests(AffinityFleet fleet) : IClassFixture<AffinityFleet>
{
    private const int Clients = 30;

    public static TheoryData<string, string, string> Ways
    {
        get
        {
            var ways = new TheoryData<string, string, string>();
            foreach (var script in (string[])["signalr.mjs", "socketio.mjs", "sockjs.mjs"])
            {
                ways.Add(script, "io_uring", "http");
                ways.Add(script, "epoll", "http");
                ways.Add(script, "sockets", "http");
                ways.Add(script, "io_uring", "https");
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Cookie_KeepsEveryClientAtOneNode(string script, string engine, string scheme)
    {
        var results = await fleet.Run(script, Clients, engine, scheme);

        Assert.NotEmpty(results);
        Assert.All(results, result =>
        {
            Assert.Empty(result.Failures);
            Assert.Equal(Clients, result.Served);
            Assert.True(result.Nodes.Count > 1, $"{result.Transport}: all at one node");
        });
    }

    // A run without failures would mean that all requests of each client reached one of three nodes by chance. A SockJS
    // WebSocket has no earlier request, so it cannot fail.
    [Theory]
    [InlineData("signalr.mjs", 3)]
    [InlineData("socketio.mjs", 2)]
    [InlineData("sockjs.mjs", 2)]
    public async Task Spread_SeparatesClientsFromTheirSessions(string script, int transports)
    {
        var results = await fleet.Run(script, Clients, "auto", "http", "Spread");

        Assert.Equal(transports, results.Count(result => result.Failures.Count > 0));
    }
}
