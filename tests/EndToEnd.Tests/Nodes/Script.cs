namespace WsBalancer.EndToEnd.Tests.Nodes;

/// <summary>
/// The behaviour of a scripted node for one request. When a script returns, the connection is closed.
/// </summary>
internal static class Script
{
    /// <summary>A healthy node: upgrades, sends the welcome, echoes; responds with 200 to plain requests.</summary>
    public static Func<NodeConnection, Task> Echo(params (string Name, string Value)[] headers) => async connection =>
    {
        if (!connection.IsUpgrade)
        {
            await connection.Answer(200, "OK", "fine", ("Connection", "close"));
            return;
        }

        await connection.AcceptUpgrade(headers);
        await connection.Welcome();
        await connection.Echo();
    };

    /// <summary>
    /// Agrees to compression as the client offered it and returns the client's frames: the client can decompress what
    /// it has compressed itself, so the node needs no compression.
    /// </summary>
    public static Func<NodeConnection, Task> EchoCompressed(string? subprotocol = null) => connection =>
    {
        var firstOffer = (connection.Request["Sec-WebSocket-Extensions"] ?? "").Split(',')[0];
        var agreed = firstOffer.Split(';', StringSplitOptions.TrimEntries)
            .Where(part => part != "client_max_window_bits");

        (string Name, string Value)[] headers = [("Sec-WebSocket-Extensions", string.Join("; ", agreed))];
        return Echo(
            subprotocol is null ? headers : [.. headers, ("Sec-WebSocket-Protocol", subprotocol)])(connection);
    };

    /// <summary>Upgrades, sends nothing, and leaves the connection to the test.</summary>
    public static Func<NodeConnection, Task> Hold(params (string Name, string Value)[] headers) => async connection =>
    {
        await connection.AcceptUpgrade(headers);
        await connection.Stopped;
    };

    /// <summary>Responds, with the Content-Length of the body, and closes.</summary>
    public static Func<NodeConnection, Task> Answer(
        int status, string reason, string body, params (string Name, string Value)[] headers) =>
        connection => connection.Answer(status, reason, body, [.. headers, ("Connection", "close")]);

    /// <summary>Reads the request and resets the connection without a response.</summary>
    public static Task Reset(NodeConnection connection)
    {
        connection.Wire.Reset();
        return Task.CompletedTask;
    }

    /// <summary>Accepts the connection and never responds.</summary>
    public static Task Silence(NodeConnection connection) => connection.Wire.ReadToEnd();
}
