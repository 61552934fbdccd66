namespace WsBalancer.EndToEnd.Tests.Nodes;

/// <summary>What a scripted node does with a request. A script that returns closes the connection.</summary>
internal static class Script
{
    /// <summary>A good node: upgrades, welcomes, echoes; answers 200 to plain requests.</summary>
    public static Func<NodeConnection, Task> Echo(params (string Name, string Value)[] headers) => async connection =>
    {
        if (!connection.AsksForUpgrade)
        {
            await connection.Answer(200, "OK", "fine", ("Connection", "close"));
            return;
        }

        await connection.AcceptUpgrade(headers);
        await connection.Welcome();
        await connection.Echo();
    };

    /// <summary>
    /// Agrees to compress as the client offered and sends its frames back: what the client's own compressor wrote
    /// is what its decompressor reads, so nothing here need understand it.
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

    /// <summary>Upgrades, says nothing, and leaves the connection to the test.</summary>
    public static Func<NodeConnection, Task> Hold(params (string Name, string Value)[] headers) => async connection =>
    {
        await connection.AcceptUpgrade(headers);
        await connection.Stopped;
    };

    /// <summary>Answers and closes; the length of the body goes with it.</summary>
    public static Func<NodeConnection, Task> Answer(
        int status, string reason, string body, params (string Name, string Value)[] headers) =>
        connection => connection.Answer(status, reason, body, [.. headers, ("Connection", "close")]);

    /// <summary>Reads the request and tears the connection down without a byte of an answer.</summary>
    public static Task Reset(NodeConnection connection)
    {
        connection.Wire.Reset();
        return Task.CompletedTask;
    }

    /// <summary>Accepts and never answers.</summary>
    public static Task Silence(NodeConnection connection) => connection.Wire.ReadToEnd();
}
