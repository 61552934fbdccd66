using System.Net.WebSockets;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Bytes to send to a client: a whole text message, or a piece of an echo.</summary>
internal sealed class Outgoing
{
    private Outgoing(ReadOnlyMemory<byte> bytes, byte[]? buffer, WebSocketMessageType type, bool endsMessage)
    {
        Bytes = bytes;
        Buffer = buffer;
        Type = type;
        EndsMessage = endsMessage;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The buffer of an echo, part of the client's memory; null for a text, which is shared.</summary>
    public byte[]? Buffer { get; }

    /// <summary>The text; null for an echo.</summary>
    public Delivery? Delivery { get; private init; }

    public WebSocketMessageType Type { get; }

    public bool EndsMessage { get; }

    /// <summary>The bytes of a text that count as queued; 0 for an echo, whose buffer is counted.</summary>
    public int Cost => Delivery?.Cost ?? 0;

    /// <summary>The next entry in the same queue.</summary>
    public Outgoing? Next { get; set; }

    public static Outgoing Text(Delivery delivery) =>
        new(delivery.Bytes, null, WebSocketMessageType.Text, endsMessage: true) { Delivery = delivery };

    /// <param name="buffer">The buffer. Its whole length counts as the cost, even if it is partly unused.</param>
    /// <param name="length">The number of bytes of the echo in the buffer.</param>
    /// <param name="type">The type of the message.</param>
    /// <param name="endsMessage">Whether it is the last piece of the message.</param>
    public static Outgoing Echo(byte[] buffer, int length, WebSocketMessageType type, bool endsMessage) =>
        new(buffer.AsMemory(0, length), buffer, type, endsMessage);
}
