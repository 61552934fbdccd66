using System.Net;
using System.Net.Http.Headers;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Serving;

public sealed class DrainEndpointTests
{
    private const string Key = "an API key of thirty-two bytes or more";

    [Fact]
    public async Task Drain_WithTheKey_ClosesTheClientsAndEndsTheProcess()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Key, Deadline.Token);
        using var node = NodeProcess.Start("serve", "--urls", "http://127.0.0.1:0", "--api-key", file);
        var address = new Uri(await node.ReadAddressAsync());
        using var client = await TestClient.WelcomedAsync(address, "alice");

        using var accepted = await SendAsync(address, HttpMethod.Post, Key);

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal((1012, "service restart"), await client.ReceiveCloseAsync());
        Assert.Equal(0, await node.WaitForExitAsync());
        File.Delete(file);
    }

    [Theory]
    [InlineData("POST", null, HttpStatusCode.Unauthorized)]
    [InlineData("POST", "another API key of thirty-two bytes", HttpStatusCode.Unauthorized)]
    [InlineData("GET", Key, HttpStatusCode.MethodNotAllowed)]
    public async Task Drain_WithoutTheKey_IsRefused(string method, string? key, HttpStatusCode status)
    {
        await using var node = await TestNode.StartAsync(TestNode.Options with
        {
            Access = new AccessOptions { ApiKey = ApiKey.Parse(Key) },
        });

        using var response = await SendAsync(node.Address, new HttpMethod(method), key);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(
            status is HttpStatusCode.Unauthorized ? "Bearer" : "", response.Headers.WwwAuthenticate.ToString());
        Assert.False(node.Sessions.IsLeaving);
    }

    [Fact]
    public async Task Drain_OfANodeWithoutAKey_IsForbidden()
    {
        await using var node = await TestNode.StartAsync();

        using var response = await SendAsync(node.Address, HttpMethod.Post, Key);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Empty(response.Headers.WwwAuthenticate);
        Assert.False(node.Sessions.IsLeaving);
    }

    private static async Task<HttpResponseMessage> SendAsync(Uri node, HttpMethod method, string? key)
    {
        using var http = new HttpClient { BaseAddress = node };
        using var request = new HttpRequestMessage(method, "/drain");
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await http.SendAsync(request, Deadline.Token);
    }
}
