using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Clients;

/// <summary>A WebSocket client that may send any bytes, and reads every byte that it receives.</summary>
internal sealed class RawClient(int port, WireEnd wire) : IDisposable
{
    public WireEnd Wire { get; } = wire;

    /// <summary>The response to the handshake.</summary>
    public MessageHead Response { get; private set; } = new("", []);

    /// <summary>Connects without sending anything.</summary>
    public static Task<RawClient> Connect(int port, Action<Socket>? configure = null) =>
        Connect(new IPEndPoint(IPAddress.Loopback, port), configure);

    /// <inheritdoc cref="Connect(int, Action{Socket}?)"/>
    public static async Task<RawClient> Connect(IPEndPoint endpoint, Action<Socket>? configure = null)
    {
        using var deadline = Deadline.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            configure?.Invoke(socket);
            await socket.ConnectAsync(endpoint, deadline.Token);
            return new RawClient(endpoint.Port, new WireSocket(socket));
        }
        catch
        {
            // A crowd that retries while its balancer is down would use up all descriptors before the finalizer closes
            // them.
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens a WebSocket, and fails on any status but 101.</summary>
    public static Task<RawClient> Open(int port, string target, params (string Name, string Value)[] headers) =>
        Open(new IPEndPoint(IPAddress.Loopback, port), target, headers);

    /// <inheritdoc cref="Open(int, string, ValueTuple{string, string}[])"/>
    public static async Task<RawClient> Open(
        IPEndPoint endpoint, string target, params (string Name, string Value)[] headers)
    {
        var client = await Connect(endpoint);
        await client.Open(target, headers);
        return client;
    }

    /// <summary>Opens a WebSocket on this connection, and fails on any status but 101.</summary>
    public async Task Open(string target, params (string Name, string Value)[] headers)
    {
        var key = HandshakeKey.New();
        var response = await SendRequest(target, key, headers);
        if (response.Status != 101)
        {
            var body = await ReadBody();
            Dispose();
            Assert.Fail($"Expected 101 for {target}, got: {response.StartLine}\n{body}");
        }

        Assert.Equal(HandshakeKey.Answer(key), response["Sec-WebSocket-Accept"]);
    }

    /// <summary>Requests a WebSocket and accepts any response; its body is not read.</summary>
    public static async Task<RawClient> SendRequest(
        int port, string target, params (string Name, string Value)[] headers)
    {
        var client = await Connect(port);
        await client.SendRequest(target, HandshakeKey.New(), headers);
        return client;
    }

    /// <summary>Sends a frame, and masks it first if it has no mask.</summary>
    public Task Send(Frame frame) => Wire.Send((frame.Mask is null ? frame.Masked() : frame).ToBytes());

    public Task<Frame> Read() => Wire.ReadFrame();

    /// <summary>Reads the welcome and returns the node that sent it.</summary>
    public async Task<string> ReadWelcome()
    {
        var frame = await Read();
        using var welcome = JsonDocument.Parse(frame.Payload);

        Assert.Equal("welcome", welcome.RootElement.GetProperty("type").GetString());
        return welcome.RootElement.GetProperty("node").GetString() ?? "";
    }

    /// <summary>Reads the welcome and returns whether it is addressed to the user.</summary>
    public async Task<bool> ReadWelcome(string user)
    {
        var frame = await Read();
        using var welcome = JsonDocument.Parse(frame.Payload);
        return welcome.RootElement.GetProperty("user").GetString() == user;
    }

    /// <summary>
    /// Closes in order from this end: sends Close, then reads the peer's Close and the end of the connection.
    /// </summary>
    /// <returns>The code of the peer's Close; null if it has none.</returns>
    public async Task<int?> Close(int code = 1000, string reason = "")
    {
        await Send(Frame.Close(code, reason));
        Frame frame;
        do
        {
            frame = await Read();
        }
        while (frame.Opcode != Opcode.Close);

        await Wire.ReadEnd();
        return frame.CloseCode;
    }

    /// <summary>Reads the body of the response to the handshake: by its length, in chunks, or up to the end.</summary>
    public Task<string> ReadBody() => ReadBody(Response);

    /// <summary>Reads the body of a response whose head has been read.</summary>
    public async Task<string> ReadBody(MessageHead response)
    {
        if (response["Content-Length"] is { } length)
        {
            return Encoding.UTF8.GetString(await Wire.ReadBytes(int.Parse(length, CultureInfo.InvariantCulture)));
        }

        return Encoding.UTF8.GetString(
            response["Transfer-Encoding"] is "chunked" ? await ReadChunks() : (await Wire.ReadToEnd()).Bytes);
    }

    public void Dispose() => Wire.Dispose();

    private async Task<MessageHead> SendRequest(string target, string key, (string Name, string Value)[] headers)
    {
        var request = new StringBuilder($"GET {target} HTTP/1.1\r\n");
        var hasHost = headers.Any(header => header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase));
        (string Name, string Value)[] all =
        [
            .. hasHost ? [] : new[] { ("Host", $"127.0.0.1:{port}") },
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Version", "13"),
            .. headers,
        ];
        foreach (var (name, value) in all)
        {
            request.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await Wire.Send($"{request}\r\n");
        Response = await Wire.ReadHead() ?? throw new EndOfStreamException("Connection ended without a response.");
        return Response;
    }

    private async Task<byte[]> ReadChunks()
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = Convert.ToInt32(await ReadLine(), 16);
            body.Write(await Wire.ReadBytes(size));
            await ReadLine();
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<string> ReadLine()
    {
        var line = new StringBuilder();
        while (line.Length < 2 || line.ToString(line.Length - 2, 2) != "\r\n")
        {
            line.Append((char)(await Wire.ReadBytes(1))[0]);
        }

        return line.ToString(0, line.Length - 2);
    }
}
