using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>
/// One end of a connection, read and written by the byte, the HTTP head and the WebSocket frame. Every operation has a
/// deadline, and an orderly end of the peer differs from a reset.
/// </summary>
internal abstract class WireEnd : IDisposable
{
    private const int LongestHead = 64 * 1024;
    private const int LargestBuffer = 64 * 1024;

    // The buffer grows on demand: thousands of idle ends need little memory.
    private byte[] _buffer = new byte[256];
    private int _start;
    private int _end;

    /// <summary>The deadline for each piece that is read.</summary>
    public TimeSpan ReadTimeout { get; set; } = Deadline.Default;

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = Deadline.Start();
        await Transmit(bytes, deadline.Token);
    }

    public Task Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads up to and including the empty line; null if the peer ended before the first byte.</summary>
    public async Task<MessageHead?> ReadHead()
    {
        var head = new StringBuilder();
        while (head.Length < LongestHead)
        {
            if (await ReadByteOrEnd() is not { } next)
            {
                return head.Length == 0 ? null : throw new EndOfStreamException($"The peer ended within: {head}");
            }

            head.Append((char)next);
            if (next == '\n' && head.ToString(Math.Max(0, head.Length - 4), Math.Min(4, head.Length)) == "\r\n\r\n")
            {
                return MessageHead.Parse(head.ToString());
            }
        }

        throw new InvalidDataException("A head without an end.");
    }

    /// <summary>Reads one frame and removes its mask.</summary>
    public async Task<Frame> ReadFrame()
    {
        var head = await ReadBytes(2);
        var length = head[1] & 0x7F;
        var form = length switch { 126 => LengthForm.Bits16, 127 => LengthForm.Bits64, _ => LengthForm.Bits7 };
        var size = form switch
        {
            LengthForm.Bits16 => BinaryPrimitives.ReadUInt16BigEndian(await ReadBytes(2)),
            LengthForm.Bits64 => checked((int)BinaryPrimitives.ReadUInt64BigEndian(await ReadBytes(8))),
            _ => length,
        };
        var mask = (head[1] & 0x80) != 0 ? await ReadBytes(4) : null;

        return new Frame((Opcode)(head[0] & 0x0F), Frame.WithMask(await ReadBytes(size), mask))
        {
            Final = (head[0] & 0x80) != 0,
            Reserved = head[0] >> 4 & 7,
            Length = form,
            Mask = mask,
        };
    }

    public async Task<byte[]> ReadBytes(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            if (_start == _end && !await Fill())
            {
                throw new EndOfStreamException($"The peer ended after {read} of {count} bytes.");
            }

            var some = Math.Min(count - read, _end - _start);
            _buffer.AsSpan(_start, some).CopyTo(bytes.AsSpan(read));
            _start += some;
            read += some;
        }

        return bytes;
    }

    /// <summary>Reads the available bytes, at least one; 0 at the peer's orderly end.</summary>
    public async Task<int> ReadSome(Memory<byte> into)
    {
        if (_start == _end)
        {
            using var deadline = Deadline.Start(ReadTimeout);
            return await Receive(into, deadline.Token);
        }

        var some = Math.Min(into.Length, _end - _start);
        _buffer.AsMemory(_start, some).CopyTo(into);
        _start += some;
        return some;
    }

    /// <summary>Reads all bytes up to the peer's end.</summary>
    public async Task<(byte[] Bytes, StreamEnd End)> ReadToEnd()
    {
        using var bytes = new MemoryStream();
        try
        {
            while (_start < _end || await Fill())
            {
                bytes.Write(_buffer, _start, _end - _start);
                _start = _end;
            }

            return (bytes.ToArray(), StreamEnd.Fin);
        }
        catch (SocketException cut) when (cut.SocketErrorCode is SocketError.ConnectionReset)
        {
            return (bytes.ToArray(), StreamEnd.Reset);
        }
    }

    /// <summary>Waits for the peer's end, and fails if bytes arrive before it.</summary>
    public async Task<StreamEnd> ReadEnd()
    {
        var (bytes, end) = await ReadToEnd();

        Assert.Equal([], bytes);
        return end;
    }

    /// <summary>Sends FIN: this end sends no more, though the peer may.</summary>
    public abstract void HalfClose();

    /// <summary>Sends RST: the peer loses what it has not read.</summary>
    public abstract void Reset();

    public abstract void Dispose();

    protected abstract Task Transmit(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Receives some bytes, or none at the peer's orderly end; a reset is a <see cref="SocketException"/>.
    /// </summary>
    protected abstract ValueTask<int> Receive(Memory<byte> buffer, CancellationToken cancellation);

    private async Task<byte?> ReadByteOrEnd() => _start < _end || await Fill() ? _buffer[_start++] : null;

    private async Task<bool> Fill()
    {
        if (_end == _buffer.Length && _buffer.Length < LargestBuffer)
        {
            _buffer = new byte[_buffer.Length * 4];
        }

        using var deadline = Deadline.Start(ReadTimeout);
        (_start, _end) = (0, await Receive(_buffer, deadline.Token));

        return _end > 0;
    }
}
