using System.Net.WebSockets;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Bytes for a client, of one kind: a whole text, or a piece of an echo.</summary>
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

    /// <summary>The buffer of an echo, of the client's memory; null for a text, which is shared.</summary>
    public byte[]? Buffer { get; }

    public WebSocketMessageType Type { get; }

    public bool EndsMessage { get; }

    /// <summary>The one behind it in the same line.</summary>
    public Outgoing? Next { get; set; }

    public static Outgoing Text(ReadOnlyMemory<byte> bytes) =>
        new(bytes, null, WebSocketMessageType.Text, endsMessage: true);

    /// <param name="buffer">The buffer, whose length is the cost: it may be partly empty.</param>
    /// <param name="length">How much of it is the echo.</param>
    /// <param name="type">The type of the message.</param>
    /// <param name="endsMessage">Whether it is the last piece of the message.</param>
    public static Outgoing Echo(byte[] buffer, int length, WebSocketMessageType type, bool endsMessage) =>
        new(buffer.AsMemory(0, length), buffer, type, endsMessage);
}
