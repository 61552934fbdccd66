using System.Buffers;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>A text message that is put together from pieces, each in a buffer of its own.</summary>
/// <remarks>A growing array would hold up to twice the message, and copy it again and again.</remarks>
internal sealed class IncomingText(ClientMemory memory)
{
    private Piece? _first;
    private Piece? _last;
    private int _cost;

    public int Length { get; private set; }

    /// <summary>The message so far. Valid until its buffers are returned or taken.</summary>
    public ReadOnlySequence<byte> Bytes => _first is null
        ? ReadOnlySequence<byte>.Empty
        : new ReadOnlySequence<byte>(_first, 0, _last!, _last!.Memory.Length);

    /// <summary>Room for more of the message.</summary>
    /// <returns>Empty if all clients together hold too much.</returns>
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

    /// <summary>Counts bytes that were written into the room.</summary>
    public void Advance(int bytes)
    {
        _last!.Advance(bytes);
        Length += bytes;
    }

    /// <summary>Takes the next piece out of the message, with its buffer.</summary>
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

    /// <summary>Returns the buffers, while their bytes are held on.</summary>
    /// <returns>The bytes to be released.</returns>
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
