using System.Text;
using System.Text.Json;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Nodes;

/// <summary>One connection to a scripted node, with its request.</summary>
/// <param name="node">The name of the node.</param>
/// <param name="wire">The connection.</param>
/// <param name="request">The request on this connection.</param>
/// <param name="stopped">Completes when the node stops.</param>
internal sealed class NodeConnection(string node, WireSocket wire, MessageHead request, Task stopped) : IDisposable
{
    /// <summary>The name of the node.</summary>
    public string Node => node;

    public WireSocket Wire { get; } = wire;

    public MessageHead Request { get; } = request;

    /// <summary>Completes when the node stops: until then a script may leave the connection to the test.</summary>
    public Task Stopped { get; } = stopped;

    public bool IsUpgrade => Request["Upgrade"] is "websocket";

    /// <summary>Responds with 101.</summary>
    public Task AcceptUpgrade(params (string Name, string Value)[] headers) => Answer(
        101, "Switching Protocols", null,
        [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", HandshakeKey.Answer(Request["Sec-WebSocket-Key"] ?? "")),
            .. headers,
        ]);

    /// <summary>Responds with exactly these headers, and with Content-Length if there is a body.</summary>
    public Task Answer(int status, string reason, string? body, params (string Name, string Value)[] headers)
    {
        var answer = new StringBuilder($"HTTP/1.1 {status} {reason}\r\n");
        foreach (var (name, value) in headers)
        {
            answer.Append($"{name}: {value}\r\n");
        }

        return Wire.Send(body is null
            ? $"{answer}\r\n"
            : $"{answer}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }

    /// <summary>Sends the welcome message with the node's name, as the sample node does.</summary>
    public Task Welcome() => Send(Frame.Text(
        JsonSerializer.Serialize(new { type = "welcome", node, user = Request.Query("user") })));

    public Task Send(Frame frame) => Wire.Send(frame.ToBytes());

    /// <summary>Returns every frame as received, but without a mask, until the peer closes or disconnects.</summary>
    public async Task Echo()
    {
        Frame frame;
        do
        {
            frame = await Wire.ReadFrame();
            await Send(frame.Opcode == Opcode.Ping ? Frame.Pong(frame.Payload) : frame.Unmasked());
        }
        while (frame.Opcode != Opcode.Close);

        Wire.HalfClose();
        await Wire.ReadToEnd();
    }

    public void Dispose() => Wire.Dispose();
}
