using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using WsBalancer.BackendSample.Tests.Support;

namespace WsBalancer.BackendSample.Tests.Api;

/// <summary>A back end that uses the API of a node.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    public ApiClient(TestNode node, string? key = null)
    {
        _http = new HttpClient { BaseAddress = node.Address, Timeout = TimeSpan.FromSeconds(15) };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    public Task<ApiResponse> GetAsync(string path) => SendAsync("GET", path);

    public Task<ApiResponse> PostAsync(string path, string body) =>
        SendAsync("POST", path, Encoding.UTF8.GetBytes(body));

    public async Task<ApiResponse> SendAsync(
        string method, string path, byte[]? body = null, bool isChunked = false, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        request.Headers.TransferEncodingChunked = isChunked;
        request.Content = body is null ? null : new ByteArrayContent(body);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var response = await _http.SendAsync(request, Deadline.Token);
        var text = await response.Content.ReadAsStringAsync(Deadline.Token);
        return new ApiResponse((int)response.StatusCode, text, response.Content.Headers.ContentType?.MediaType)
        {
            Allow = string.Join(", ", response.Content.Headers.Allow),
            Authenticate = response.Headers.WwwAuthenticate.ToString(),
        };
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>A response of the API.</summary>
internal sealed record ApiResponse(int Status, string Text, string? MediaType)
{
    public string Allow { get; init; } = "";

    public string Authenticate { get; init; } = "";

    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>The reason of a failure.</summary>
    public string Detail
    {
        get
        {
            Assert.Equal("application/problem+json", MediaType);
            Assert.Equal(Status, Json.GetProperty("status").GetInt32());
            return Json.GetProperty("detail").GetString()!;
        }
    }
}
