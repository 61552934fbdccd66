using System.Net;
using System.Net.Http.Headers;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Chat;

/// <summary>The files of the chat page, as HTTP delivers them.</summary>
public sealed class ChatPageTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private TestNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync();
        _http.BaseAddress = _node.Address;
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _node.DisposeAsync();
    }

    [Theory]
    [InlineData("/", "text/html", "<!doctype html>")]
    [InlineData("/chat.css", "text/css", ":root {")]
    [InlineData("/chat.js", "text/javascript", "import { RoomConnection }")]
    [InlineData("/connection.js", "text/javascript", "// One user's connection")]
    public async Task AFile_IsRead_AndNotReadAgainWithItsTag(string path, string type, string beginning)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        using var again = await SendAsync(HttpMethod.Get, path, response.Headers.ETag);
        using var other = await SendAsync(HttpMethod.Get, path, new EntityTagHeaderValue("\"other\""));

        var text = await response.Content.ReadAsStringAsync(Deadline.Token);
        Assert.StartsWith(beginning, text, StringComparison.Ordinal);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith(
            "default-src 'self';", response.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync(Deadline.Token));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Head_HasTheLengthOfTheFile_WithoutTheFile()
    {
        using var file = await SendAsync(HttpMethod.Get, "/");
        using var head = await SendAsync(HttpMethod.Head, "/");

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(file.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Deadline.Token));
    }

    [Fact]
    public async Task AnotherMethod_IsRefusedWith405()
    {
        using var response = await SendAsync(HttpMethod.Post, "/");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task AWebSocket_OnThePathOfAFile_IsAccepted()
    {
        using var client = new TestClient();

        await client.ConnectToAsync(_node.Address, "/?user=alice");

        Assert.Equal("""{"type":"welcome","node":"ws-1","user":"alice"}""", await client.ReceiveTextAsync());
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, EntityTagHeaderValue? tag = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (tag is not null)
        {
            request.Headers.IfNoneMatch.Add(tag);
        }

        return await _http.SendAsync(request, Deadline.Token);
    }
}
