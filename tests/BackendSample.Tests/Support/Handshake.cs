namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A WebSocket handshake as a plain request, for a test that expects another response than 101.</summary>
internal static class Handshake
{
    public static async Task<HttpResponseMessage> SendAsync(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        return await http.SendAsync(request, Deadline.Token);
    }
}
