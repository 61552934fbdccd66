using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net.WebSockets;

namespace WsBalancer.LoadTest.Load;

/// <summary>The messages of a run: all of one size, identified by a number, and expected back byte for byte.</summary>
/// <remarks>Text is <c>{"type":"echo","seq":N,"pad":"xxx"}</c>; binary is the number, big-endian, and zeros.</remarks>
internal sealed class Payload(int size, bool isBinary)
{
    public const int SmallestBinary = sizeof(long);

    // A sequence number stays below 2^53, the limit of JavaScript's integers, and so has at most 16 digits.
    private const int MaxDigits = 16;
    private const byte Pad = (byte)'x';

    public static readonly int SmallestText = Head.Length + MaxDigits + Middle.Length + Tail.Length;

    public int Size => size;

    public WebSocketMessageType Type => isBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;

    private static ReadOnlySpan<byte> Echo => "{\"type\":\"echo\""u8;

    private static ReadOnlySpan<byte> Head => "{\"type\":\"echo\",\"seq\":"u8;

    private static ReadOnlySpan<byte> Middle => ",\"pad\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}"u8;

    /// <summary>Fills the first <see cref="Size"/> bytes of <paramref name="message"/>.</summary>
    public void Write(Span<byte> message, long sequence)
    {
        message = message[..size];
        if (isBinary)
        {
            BinaryPrimitives.WriteInt64BigEndian(message, sequence);
            message[sizeof(long)..].Clear();
            return;
        }

        Head.CopyTo(message);
        Utf8Formatter.TryFormat(sequence, message[Head.Length..], out var digits);
        var rest = message[(Head.Length + digits)..];
        Middle.CopyTo(rest);
        rest[Middle.Length..^Tail.Length].Fill(Pad);
        Tail.CopyTo(rest[^Tail.Length..]);
    }

    /// <summary>Classifies a received message.</summary>
    public PayloadKind Read(ReadOnlySpan<byte> message, WebSocketMessageType type, out long sequence)
    {
        sequence = 0;
        if (type != Type || (!isBinary && !message.StartsWith(Echo)))
        {
            return PayloadKind.Other;
        }

        var isWhole = message.Length == size
            && (isBinary ? TryReadBinary(message, out sequence) : TryReadText(message, out sequence));
        return isWhole ? PayloadKind.Echo : PayloadKind.Altered;
    }

    private static bool TryReadBinary(ReadOnlySpan<byte> message, out long sequence)
    {
        sequence = BinaryPrimitives.ReadInt64BigEndian(message);
        return !message[sizeof(long)..].ContainsAnyExcept((byte)0);
    }

    private static bool TryReadText(ReadOnlySpan<byte> message, out long sequence)
    {
        sequence = 0;
        if (!message.StartsWith(Head) || !Utf8Parser.TryParse(message[Head.Length..], out sequence, out var digits))
        {
            return false;
        }

        var rest = message[(Head.Length + digits)..];
        return rest.Length >= Middle.Length + Tail.Length
            && rest.StartsWith(Middle)
            && rest.EndsWith(Tail)
            && !rest[Middle.Length..^Tail.Length].ContainsAnyExcept(Pad);
    }
}

/// <summary>The kind of a received message.</summary>
internal enum PayloadKind
{
    /// <summary>Exactly the bytes of a message that some connection of this run may send.</summary>
    Echo,

    /// <summary>Has the form of an echo, but not the bytes of any message of this run.</summary>
    Altered,

    /// <summary>Not an echo: a greeting, for example.</summary>
    Other,
}
