using System.Net.WebSockets;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>A part of a message on its way back to the client, in a buffer of the shared pool.</summary>
internal readonly record struct EchoPiece(byte[] Buffer, int Length, WebSocketMessageType Type, bool EndsMessage)
{
    /// <summary>The longest piece: below the large object heap.</summary>
    public const int MaxLength = 64 * 1024;

    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, Length);

    /// <summary>The memory it holds, which for a short message is more than its length.</summary>
    public int Cost => Buffer.Length;
}
