using System.Buffers;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>A text message that is assembled from pieces, each in its own buffer.</summary>
/// <remarks>A growing array would hold up to twice the message, and copy the bytes again and again.</remarks>
internal sealed class IncomingText(ClientMemory memory)
{
    private Piece? _first;
    private Piece? _last;
    private int _cost;

    public int Length { get; private set; }

    /// <summary>The bytes received so far. Valid until their buffers are returned or taken.</summary>
    public ReadOnlySequence<byte> Bytes => _first is null
        ? ReadOnlySequence<byte>.Empty
        : new ReadOnlySequence<byte>(_first, 0, _last!, _last!.Memory.Length);

    /// <summary>A buffer for the next bytes of the message.</summary>
    /// <returns>Empty if all clients together hold too many bytes.</returns>
    public Memory<byte> FindRoom()
    {
        if (_last is { Room.Length: > 0 } last)
        {
            return last.Room;
        }

        var size = PieceSize.After(Length);
        if (memory.TryRent(size) is not { } buffer)
        {
            return Memory<byte>.Empty;
        }

        _cost += buffer.Length;
        var next = new Piece(buffer, Length);
        _last?.Append(next);
        _first ??= next;
        _last = next;
        return next.Room;
    }

    /// <summary>Counts bytes that were written into the buffer.</summary>
    public void Advance(int bytes)
    {
        _last!.Advance(bytes);
        Length += bytes;
    }

    /// <summary>Removes the next piece from the message and returns it with its buffer.</summary>
    public (byte[] Buffer, int Length, bool IsLast)? TakePiece()
    {
        if (_first is not { } piece)
        {
            return null;
        }

        _first = piece.Following;
        _cost -= piece.Buffer.Length;
        return (piece.Buffer, piece.Memory.Length, _first is null);
    }

    /// <summary>Returns the buffers of the pieces that were not taken.</summary>
    public void Return() => memory.Release(ReturnBuffers());

    /// <summary>Returns the buffers without releasing their bytes.</summary>
    /// <returns>The bytes that must be released later.</returns>
    public int ReturnBuffers()
    {
        for (; _first is { } piece; _first = piece.Following)
        {
            memory.ReturnHeld(piece.Buffer);
        }

        var cost = _cost;
        _cost = 0;
        return cost;
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] buffer, int runningIndex)
        {
            Buffer = buffer;
            RunningIndex = runningIndex;
        }

        public byte[] Buffer { get; }

        public Piece? Following => (Piece?)Next;

        public Memory<byte> Room => Buffer.AsMemory(Memory.Length, PieceSize.UsableOf(Buffer) - Memory.Length);

        public void Advance(int bytes) => Memory = Buffer.AsMemory(0, Memory.Length + bytes);

        public void Append(Piece next) => Next = next;
    }
}
