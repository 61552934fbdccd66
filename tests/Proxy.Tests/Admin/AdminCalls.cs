using System.Net.Mime;
using System.Text;
using System.Text.Json;

namespace WsBalancer.Proxy.Tests.Admin;

/// <summary>Calls the admin API over HTTP and reads the responses.</summary>
internal static class AdminCalls
{
    private static readonly HttpClient Client = new() { Timeout = Deadline.Default };

    public static Task<AdminAnswer> GetAsync(this BalancerApp app, string target) => app.CallAsync("GET", target);

    /// <param name="app">The application.</param>
    /// <param name="method">The HTTP method, such as <c>PATCH</c>.</param>
    /// <param name="target">The part of the target after <c>/api/v1/</c>.</param>
    /// <param name="body">JSON; null for no body.</param>
    /// <param name="headers">Header lines, such as <c>If-Match: 3</c>.</param>
    public static Task<AdminAnswer> CallAsync(
        this BalancerApp app, string method, string target, string? body = null, params string[] headers) =>
        app.CallWithAsync(
            method,
            target,
            body is null ? null : new StringContent(body, Encoding.UTF8, MediaTypeNames.Application.Json),
            headers);

    public static async Task<AdminAnswer> CallWithAsync(
        this BalancerApp app, string method, string target, HttpContent? content, params string[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{app.AdminUrl}/api/v1/{target}");
        request.Content = content;
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim());
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new AdminAnswer(
            (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, JsonElement.Parse(text));
    }
}

/// <summary>A response of the admin API.</summary>
internal sealed record AdminAnswer(int Status, string? MediaType, JsonElement Json)
{
    public JsonElement this[string name] => Json.GetProperty(name);

    /// <summary>The values of these fields as text, separated by spaces; null is "null".</summary>
    public string Line(params string[] names) => LineOf(Json, names);

    /// <summary>The values of these fields of an object in a response.</summary>
    public static string LineOf(JsonElement element, params string[] names) =>
        string.Join(' ', names.Select(name => element.GetProperty(name)).Select(value =>
            value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()));

    /// <summary>Asserts that the response is the problem with this status and sentence.</summary>
    public void IsProblem(int status, string detail)
    {
        Assert.Equal((status, "application/problem+json"), (Status, MediaType));
        Assert.Equal(status, this["status"].GetInt32());
        Assert.Equal(detail, this["detail"].GetString());
    }
}
