using System.Buffers;
using System.Buffers.Text;

namespace WsBalancer.BackendSample.Redis;

/// <summary>One reply of Redis on a connection that subscribes (RESP2).</summary>
/// <param name="Kind">The kind of the reply.</param>
/// <param name="Channel">The channel of a message.</param>
/// <param name="Payload">The bytes of a message, or the text of an error.</param>
internal readonly record struct RespReply(
    RespReplyKind Kind, ReadOnlySequence<byte> Channel, ReadOnlySequence<byte> Payload)
{
    /// <summary>More than the longest array and the longest line that Redis sends to a subscriber.</summary>
    private const int MaxElements = 4;
    private const int MaxLine = 64 * 1024;

    /// <summary>The length of a text that is null.</summary>
    private const long NoText = -1;

    /// <summary>The longest text that Redis accepts from a client, and so sends to another one.</summary>
    private const long MaxText = 512L * 1024 * 1024;

    /// <summary>Reads one reply.</summary>
    /// <returns>False if the bytes end before the reply does.</returns>
    /// <exception cref="InvalidDataException">The bytes are not RESP.</exception>
    public static bool TryRead(ref SequenceReader<byte> reader, out RespReply reply)
    {
        reply = default;
        if (!TryReadLine(ref reader, out var type, out var line))
        {
            return false;
        }

        switch (type)
        {
            case (byte)'+' or (byte)':':
                reply = new RespReply(RespReplyKind.Accepted, default, line);
                return true;
            case (byte)'-':
                reply = new RespReply(RespReplyKind.Error, default, line);
                return true;
            case (byte)'*':
                return TryReadArray(ref reader, ToNumber(line), out reply);
            default:
                throw new InvalidDataException($"not a reply of Redis to a subscriber: it begins with byte {type}");
        }
    }

    private static bool TryReadArray(ref SequenceReader<byte> reader, long count, out RespReply reply)
    {
        reply = default;
        if (count is < 2 or > MaxElements)
        {
            throw new InvalidDataException($"not a reply of Redis to a subscriber: {count} elements");
        }

        if (!TryReadElement(ref reader, out var name) || !TryReadElement(ref reader, out var channel))
        {
            return false;
        }

        var last = channel;
        for (var element = 2; element < count; element++)
        {
            if (!TryReadElement(ref reader, out last))
            {
                return false;
            }
        }

        reply = new RespReply(KindOf(name), channel, last);
        return true;
    }

    private static RespReplyKind KindOf(ReadOnlySequence<byte> name)
    {
        Span<byte> text = stackalloc byte[16];
        if (name.Length > text.Length)
        {
            return RespReplyKind.Other;
        }

        name.CopyTo(text);
        return text[..(int)name.Length] switch
        {
            var kind when kind.SequenceEqual("message"u8) => RespReplyKind.Message,
            var kind when kind.SequenceEqual("subscribe"u8) => RespReplyKind.Accepted,
            var kind when kind.SequenceEqual("unsubscribe"u8) => RespReplyKind.Accepted,
            var kind when kind.SequenceEqual("pong"u8) => RespReplyKind.Accepted,
            _ => RespReplyKind.Other,
        };
    }

    private static bool TryReadElement(ref SequenceReader<byte> reader, out ReadOnlySequence<byte> element)
    {
        if (!TryReadLine(ref reader, out var type, out element))
        {
            return false;
        }

        if (type is not (byte)'$')
        {
            return type is (byte)':' or (byte)'+'
                ? true
                : throw new InvalidDataException($"an element of a reply begins with byte {type}");
        }

        var length = ToNumber(element);
        if (length == NoText)
        {
            element = default;
            return true;
        }

        if (length is < 0 or > MaxText)
        {
            throw new InvalidDataException($"an element of a reply has the length {length}");
        }

        if (reader.Remaining < length + 2)
        {
            return false;
        }

        element = reader.UnreadSequence.Slice(0, length);
        reader.Advance(length + 2);
        return true;
    }

    private static bool TryReadLine(ref SequenceReader<byte> reader, out byte type, out ReadOnlySequence<byte> line)
    {
        type = 0;
        if (!reader.TryReadTo(out line, "\r\n"u8))
        {
            return reader.Remaining < MaxLine
                ? false
                : throw new InvalidDataException("a reply has a line without end");
        }

        if (line.IsEmpty)
        {
            throw new InvalidDataException("a reply has an empty line");
        }

        type = line.FirstSpan[0];
        line = line.Slice(1);
        return true;
    }

    private static long ToNumber(ReadOnlySequence<byte> line)
    {
        Span<byte> text = stackalloc byte[20];
        if (line.Length <= text.Length)
        {
            line.CopyTo(text);
            var digits = text[..(int)line.Length];
            if (Utf8Parser.TryParse(digits, out long number, out var used) && used == digits.Length)
            {
                return number;
            }
        }

        throw new InvalidDataException("a length in a reply is not a number");
    }
}

/// <summary>The kinds of replies to a subscriber.</summary>
internal enum RespReplyKind
{
    /// <summary>The answer to a command that was executed.</summary>
    Accepted,
    Error,
    Message,
    Other,
}
