using System.Net;
using System.Text.Json;

namespace WsBalancer.Proxy.Tests.Admin;

/// <summary>A client that receives the events of a balancer, block by block.</summary>
internal sealed class EventStream : IDisposable
{
    private static readonly HttpClient Client = new() { Timeout = Deadline.Default };

    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _text;

    private EventStream(HttpResponseMessage answer, Stream text) => (_answer, _text) = (answer, new StreamReader(text));

    public HttpResponseMessage Answer => _answer;

    /// <summary>Opens the stream, which contains every event after the return of this method.</summary>
    public static async Task<EventStream> OpenAsync(
        BalancerApp app, string? lastEventId = null, string query = "", params string[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, app.AdminUrl + "/api/v1/events" + query);
        request.Headers.Add("Origin", "https://elsewhere.example");
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers.Add(header[..colon], header[(colon + 1)..].Trim());
        }

        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var answer = await Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var stream = new EventStream(
            answer, await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal([": what happens from now on"], await stream.NextAsync());
        return stream;
    }

    /// <summary>The lines of the next block; none at the end.</summary>
    public async Task<IReadOnlyList<string>> NextAsync()
    {
        var lines = new List<string>();
        while (await _text.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>The messages of all events until the end.</summary>
    public async Task<IReadOnlyList<string>> MessagesAsync()
    {
        var messages = new List<string>();
        for (var block = await NextAsync(); block.Count > 0; block = await NextAsync())
        {
            messages.Add(DataOf(block).GetProperty("message").GetString()!);
        }

        return messages;
    }

    /// <summary>The document of an event.</summary>
    public static JsonElement DataOf(IReadOnlyList<string> block) => JsonElement.Parse(block[2]["data: ".Length..]);

    public void Dispose()
    {
        _text.Dispose();
        _answer.Dispose();
    }
}
