using System.Net.WebSockets;
using System.Text;

namespace WsBalancer.EndToEnd.Tests.Clients;

/// <summary>Sends and reads whole messages, each with a deadline.</summary>
internal static class WebSocketReading
{
    public static async Task SendText(this WebSocket socket, string text)
    {
        using var deadline = Deadline.Start();
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, deadline.Token);
    }

    /// <summary>Reads one message of any number of frames; empty for a Close.</summary>
    public static async Task<byte[]> ReadMessage(this WebSocket socket)
    {
        using var deadline = Deadline.Start();
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        WebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer, deadline.Token);
            message.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);

        return message.ToArray();
    }

    public static async Task<string> ReadText(this WebSocket socket) =>
        Encoding.UTF8.GetString(await socket.ReadMessage());
}
