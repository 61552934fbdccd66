using System.Net;

namespace WsBalancer.Proxy.Tests.Admin;

/// <summary>A listener to the events of a balancer, which reads them block by block.</summary>
internal sealed class EventStream : IDisposable
{
    private static readonly HttpClient Client = new() { Timeout = Deadline.Default };

    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _text;

    private EventStream(HttpResponseMessage answer, Stream text) => (_answer, _text) = (answer, new StreamReader(text));

    public HttpResponseMessage Answer => _answer;

    /// <summary>Listens; what happens after this has returned is heard.</summary>
    public static async Task<EventStream> OpenAsync(BalancerApp app, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, app.AdminUrl + "/api/v1/events");
        request.Headers.Add("Origin", "https://elsewhere.example");
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

    public void Dispose()
    {
        _text.Dispose();
        _answer.Dispose();
    }
}
