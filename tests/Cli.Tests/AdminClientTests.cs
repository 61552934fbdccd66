using System.Net;
using System.Net.Sockets;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Tests;

public sealed class AdminClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AProblem_IsReportedWithItsDetail()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(
            Documents.ChatOwner,
            """{"type": "about:blank", "title": "Unknown cluster", "status": 404, "detail": "There is no 'chat'."}""",
            404,
            "application/problem+json; charset=utf-8");

        var failure = await FailureAsync(stub.Address, client => client.FindOwnerAsync("chat", "alice", Cancellation));

        Assert.Equal(ExitCode.Failed, failure.ExitCode);
        Assert.Equal("There is no 'chat'.", failure.Message);
    }

    [Theory]
    [InlineData(null, "wants a token (401): give --token-file or set WSBALANCER_TOKEN")]
    [InlineData("wrong", "refused the token (401)")]
    public async Task AnUnauthorizedAnswer_NamesTheToken(string? token, string expected)
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, """{"title": "Unauthorized"}""", 401, "application/problem+json");

        var failure = await FailureAsync(stub.Address, client => client.ListClustersAsync(Cancellation), token);

        Assert.Equal(ExitCode.Failed, failure.ExitCode);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "text/html", "<html>hello</html>")]
    [InlineData(200, "application/json", "null")]
    [InlineData(404, "text/plain", "not found")]
    [InlineData(500, "application/problem+json", "not json at all")]
    [InlineData(426, "application/problem+json", """{"title": "Upgrade Required", "detail": "WebSocket only."}""")]
    [InlineData(502, "application/problem+json", """{"title": "Bad Gateway"}""")]
    public async Task SomethingElseAtTheAddress_IsNotTakenForABalancer(int status, string type, string body)
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, body, status, type);

        var failure = await FailureAsync(stub.Address, client => client.ListClustersAsync(Cancellation));

        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
        Assert.Contains("is not a balancer's admin API", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASilentBalancer_IsGivenUpAfterTheTimeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = $"http://{silent.LocalEndpoint}";

        var failure = await FailureAsync(
            address, client => client.ListClustersAsync(Cancellation), timeout: TimeSpan.FromMilliseconds(100));

        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
        Assert.Contains("did not answer within 0.1 s", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b/ü?&=%", "a%20b%2F%C3%BC%3F%26%3D%25")]
    [InlineData("100%41", "100%2541")]
    [InlineData("a+b", "a%2Bb")]
    public async Task AUserId_IsPercentEncodedOnce(string user, string expected)
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.ChatOwner, Documents.Owner());

        using var client = Client(stub.Address);
        await client.FindOwnerAsync("chat", user, Cancellation);

        Assert.Equal($"/api/v1/clusters/chat/owner?user={expected}", Assert.Single(stub.Targets));
    }

    [Fact]
    public async Task AnAnswer_KeepsTheDocumentAsReceived()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Chat);

        using var client = Client(stub.Address);
        var answer = await client.ListClustersAsync(Cancellation);

        Assert.Equal(Documents.Chat, answer.Document);
        Assert.Equal(0.75, answer.Value[0].Nodes[1].Share);
    }

    [Fact]
    public async Task Answer_OfAnotherVersion_IsRead()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(
            Documents.Clusters,
            """
            [{"id": "chat", "colour": {"of": "red"}, "nodes": [{"id": "ws-1", "address": "http://10.0.0.1:5001/",
              "weight": 1, "state": "hibernating", "health": "drowsy", "mood": [1], "tunnels": 0, "share": 1}]}]
            """);

        using var client = Client(stub.Address);
        var cluster = Assert.Single((await client.ListClustersAsync(Cancellation)).Value);

        var node = Assert.Single(cluster.Nodes);
        Assert.Equal(("hibernating", "drowsy"), (node.State, node.Health));
        Assert.Equal("configured", NodeText.SourceOf(node));
        Assert.False(NodeText.HasOtherWeight(node));
        Assert.Null(node.RingKey);
        Assert.Null(cluster.Ring);
    }

    private static async Task<CommandFailure> FailureAsync(
        string address, Func<AdminClient, Task> act, string? token = null, TimeSpan? timeout = null)
    {
        using var client = Client(address, token, timeout);
        return await Assert.ThrowsAsync<CommandFailure>(() => act(client));
    }

    private static AdminClient Client(string address, string? token = null, TimeSpan? timeout = null) =>
        new(new AdminSettings(new Uri(address), token, Cluster: null, OutputForm.Lines), timeout);
}
