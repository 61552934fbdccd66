using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Tests.History;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Api;

/// <summary>Requests to the API, and their status codes.</summary>
public sealed class ApiTests
{
    [Theory]
    [InlineData("GET", "/api/rooms/r/messages", null, 200)]
    [InlineData("GET", "/api/rooms/r/messages?before=&limit=", null, 200)]
    [InlineData("GET", "/api/rooms/r/messages?before=7&limit=100", null, 200)]
    [InlineData("GET", "/api/rooms/r/search?text=x", null, 200)]
    [InlineData("POST", "/api/rooms/r/messages", """{"data":1}""", 202)]
    [InlineData("POST", "/api/rooms/r/messages", """{"data":1,"id":"a"}""", 201)]
    [InlineData("POST", "/api/users/u/messages", """{"data":null,"from":"f","more":[]}""", 202)]
    [InlineData("POST", "/api/users/u/messages", """{"data":{},"id":"a"}""", 201)]
    public async Task ARequest_ThatIsRight_Succeeds(string method, string path, string? body, int status)
    {
        await using var node = await TestNode.StartAsync();
        using var api = new ApiClient(node);

        var response = await api.SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body));

        Assert.Equal((status, "application/json"), (response.Status, response.MediaType));
    }

    [Theory]
    [InlineData("GET", "/api/rooms/r/messages?before=0", null, 400,
        "'before' is not an offset: a whole number from 1.")]
    [InlineData("GET", "/api/rooms/r/messages?before=x", null, 400,
        "'before' is not an offset: a whole number from 1.")]
    [InlineData("GET", "/api/rooms/r/messages?limit=101", null, 400, "'limit' is not a whole number from 1 to 100.")]
    [InlineData("GET", "/api/rooms/r/messages?limit=-1", null, 400, "'limit' is not a whole number from 1 to 100.")]
    [InlineData("GET", "/api/rooms/r/search", null, 400, "'text' is missing, empty or not a text.")]
    [InlineData("GET", "/api/rooms//messages", null, 400, "The room in the path is empty.")]
    [InlineData("POST", "/api/users//messages", """{"data":1}""", 400, "The user in the path is empty.")]
    [InlineData("POST", "/api/rooms/r/messages", "", 400, "Not a message: not valid JSON, from byte 0 of line 1.")]
    [InlineData("POST", "/api/rooms/r/messages", "{", 400, "Not a message: not valid JSON, from byte 1 of line 1.")]
    [InlineData("POST", "/api/rooms/r/messages", "[]", 400,
        "Not a message: expected a JSON object, for example {\"data\":1}.")]
    [InlineData("POST", "/api/rooms/r/messages", "{}", 400, "Not a message: 'data' is missing.")]
    [InlineData("POST", "/api/rooms/r/messages", """{"data":1,"id":7}""", 400,
        "Not a message: 'id' is not a text of 1 to 128 characters.")]
    [InlineData("POST", "/api/rooms/r/messages", """{"data":1,"from":""}""", 400,
        "Not a message: 'from' is not a text of 1 to 1024 characters.")]
    [InlineData("POST", "/api/rooms/r/messages", """{"data":1,"from":"\ud800"}""", 400,
        "Not a message: a text is not UTF-8, or holds half of a surrogate pair.")]
    [InlineData("GET", "/api", null, 404, "The API has the paths ")]
    [InlineData("GET", "/api/rooms/r", null, 404, "The API has the paths ")]
    [InlineData("GET", "/api/rooms/r/messages/1", null, 404, "The API has the paths ")]
    [InlineData("GET", "/api/users/u/search", null, 404, "The API has the paths ")]
    [InlineData("DELETE", "/api/rooms/r/messages", null, 405, "The methods of this path are: GET, POST.")]
    [InlineData("POST", "/api/rooms/r/search", "{}", 405, "The methods of this path are: GET.")]
    [InlineData("GET", "/api/users/u/messages", null, 405, "The methods of this path are: POST.")]
    public async Task ARequest_ThatIsWrong_IsAnsweredWithTheReason(
        string method, string path, string? body, int status, string detail)
    {
        await using var node = await TestNode.StartAsync();
        using var api = new ApiClient(node);

        var response = await api.SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body));

        Assert.Equal(status, response.Status);
        Assert.StartsWith(detail, response.Detail, StringComparison.Ordinal);
        Assert.Equal(status == 405, response.Allow.Length > 0);
        Assert.EndsWith($"{response.Allow}{(status == 405 ? "." : "")}", response.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rooms", 255, 202)]
    [InlineData("rooms", 256, 400)]
    [InlineData("users", 1024, 202)]
    [InlineData("users", 1025, 400)]
    public async Task ANameInThePath_HasALimit(string kind, int length, int status)
    {
        await using var node = await TestNode.StartAsync();
        using var api = new ApiClient(node);

        var response = await api.PostAsync($"/api/{kind}/{new string('x', length)}/messages", """{"data":1}""");

        Assert.Equal(status, response.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ABody_LongerThanTheLongestMessage_IsRefusedWith413(bool isChunked)
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with { MaxMessageBytes = 2048 });
        using var api = new ApiClient(node);

        var longest = await SendAsync(2048);
        var longer = await SendAsync(2049);

        Assert.Equal(202, longest.Status);
        Assert.Equal(413, longer.Status);
        Assert.Equal("The body is longer than 2048 bytes, the limit of --max-message.", longer.Detail);

        Task<ApiResponse> SendAsync(int length) => api.SendAsync(
            "POST", "/api/rooms/r/messages", Encoding.UTF8.GetBytes("""{"data":1}""".PadRight(length)), isChunked);
    }

    [Fact]
    public async Task ABody_ThatIsLongerThanTheMemoryForMessages_IsRefusedWith503_AndReleased()
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with { MaxBufferedBytes = 100_000 });
        using var api = new ApiClient(node);

        var small = await api.PostAsync("/api/rooms/r/messages", """{"data":1}""".PadRight(50_000));
        var large = await api.PostAsync("/api/rooms/r/messages", """{"data":1}""".PadRight(1_000_000));

        Assert.Equal((202, 503), (small.Status, large.Status));
        Assert.Equal("The messages of all clients use too much memory: send it again later.", large.Detail);
        Assert.Equal(0, node.Memory.Held);
    }

    [Fact]
    public async Task ABody_ThatIsNotUtf8_IsRefused()
    {
        await using var node = await TestNode.StartAsync();
        using var api = new ApiClient(node);

        var response = await api.SendAsync(
            "POST", "/api/rooms/r/messages", [.. "{\"data\":\""u8, 0xC3, 0x28, .. "\"}"u8]);

        Assert.Equal((400, "Not a message: 'data' is not UTF-8."), (response.Status, response.Detail));
    }

    [Fact]
    public async Task AMessageWithAnId_OnANodeThatStoresNone_IsRefusedWith501()
    {
        await using var node = await TestNode.StartAsync(
            TestNode.Options, services => services.AddSingleton<IMessageStore, NoStore>());
        using var api = new ApiClient(node);

        var stored = await api.PostAsync("/api/rooms/r/messages", """{"data":1,"id":"a"}""");
        var plain = await api.PostAsync("/api/rooms/r/messages", """{"data":1}""");

        Assert.Equal((501, 202), (stored.Status, plain.Status));
        Assert.Equal("this node stores no messages: send it without an id.", stored.Detail);
    }

    [Theory]
    [InlineData("/api/rooms/r/messages")]
    [InlineData("/api/any")]
    [InlineData("/api")]
    public async Task AWebSocket_UnderApi_IsRefusedWith404(string path)
    {
        await using var node = await TestNode.StartAsync();
        using var http = new HttpClient { BaseAddress = node.Address };

        using var response = await Handshake.SendAsync(http, $"{path}?user=alice");

        Assert.Equal(404, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("/apis")]
    [InlineData("/ws/api/rooms")]
    public async Task AWebSocket_OnAPathThatIsOnlySimilar_IsAccepted(string path)
    {
        await using var node = await TestNode.StartAsync();
        using var client = new TestClient();

        await client.ConnectToAsync(node.Address, $"{path}?user=alice");

        Assert.Equal("""{"type":"welcome","node":"ws-1","user":"alice"}""", await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("a%2Fb%20%C3%B6", "a/b ö")]
    [InlineData("%2E%2E", "..")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("a+b%2B", "a+b+")]
    public async Task ARoomInThePath_IsDecodedOnce(string encoded, string room)
    {
        await using var node = await TestNode.StartAsync();
        using var member = await TestClient.WelcomedAsync(node.Address, "alice");
        await member.JoinAsync(room);
        using var raw = await RawClient.ConnectAsync(node.Address);

        // The client library would remove dots from the path.
        await raw.WriteAsync($"POST /api/rooms/{encoded}/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + "Content-Length: 10\r\n\r\n{\"data\":1}");

        Assert.StartsWith("HTTP/1.1 202", await raw.ReadAsync(_ => false), StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"type":"room","room":"{{room}}","from":"server","node":"ws-1","data":1}""",
            await member.ReceiveTextAsync());
    }

    [Fact]
    public async Task TheTarget_MayBeAWholeUrl()
    {
        await using var node = await TestNode.StartAsync();
        using var raw = await RawClient.ConnectAsync(node.Address);

        await raw.WriteAsync($"GET {node.Address}api/rooms/r/messages HTTP/1.1\r\nHost: {node.Address.Authority}\r\n"
            + "Connection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200", await raw.ReadAsync(_ => false), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_IsTheSameAsOverAWebSocket()
    {
        await using var node = await TestNode.StartAsync();
        using var alice = await HistoryClient.JoinedAsync(node, "alice");
        await alice.StoreAsync("\"Öl\"", "\"no\"", "\"öl\"");
        using var api = new ApiClient(node);

        var history = await api.GetAsync("/api/rooms/r/messages?before=3&limit=1");
        var search = await api.GetAsync("/api/rooms/r/search?text=%C3%B6L&limit=1");

        Assert.Equal((await alice.HistoryAsync("\"before\":3,\"limit\":1")).GetRawText(), history.Text);
        Assert.Equal((await alice.SearchAsync("öL", "\"limit\":1")).GetRawText(), search.Text);
        Assert.Equal([2], history.Json.Offsets());
        Assert.Equal([3], search.Json.Offsets());
    }
}
