using System.Runtime.InteropServices;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Uring;

/// <summary>
/// The sends, straight from received buffers, that are submitted with the loop's next entry into the kernel. No send
/// waits, so after that entry all bytes have been sent, or the kernel had no room.
/// </summary>
/// <remarks>
/// MSG_WAITALL makes a short send a failure, so that only short sends are reported. Together with MSG_DONTWAIT the send
/// does not wait for the rest either, and its result is the number of bytes sent.
/// </remarks>
internal sealed unsafe class SendBatch : IDisposable
{
    private const int MaxPieces = 2048;
    private const int MaxMessages = 256;

    // A longer message is split in two, because the kernel copies the list of pieces.
    private const int PiecesOfAMessage = 64;

    private readonly IoVector* _pieces = (IoVector*)NativeMemory.Alloc(MaxPieces, (nuint)sizeof(IoVector));
    private readonly MessageHeader* _messages =
        (MessageHeader*)NativeMemory.Alloc(MaxMessages, (nuint)sizeof(MessageHeader));
    private int _pieceCount;
    private int _messageCount;
    private UringSocket? _last;
    private SubmissionEntry* _lastEntry;

    /// <summary>The number of the current batch: the sends of one entry into the kernel.</summary>
    public long Batch { get; private set; } = 1;

    /// <summary>Adds a send with its first piece. False if there is no room.</summary>
    public bool TryAdd(UringSocket socket, byte* start, int length, UringLoop loop)
    {
        if (_pieceCount == MaxPieces)
        {
            return false;
        }

        var entry = loop.Request(UringConstants.Send, RequestKind.Send, socket.Number, socket.Descriptor);
        entry->Flags = UringConstants.SkipSuccess;
        entry->Address = start;
        entry->Length = (uint)length;
        entry->OperationFlags = SocketConstants.DoNotWait | SocketConstants.NoSignal
            | SocketConstants.WaitAll;
        socket.Sending = new Sent(Batch, _pieceCount, 1, length);
        _pieces[_pieceCount++] = new IoVector { Start = start, Length = (nuint)length };
        _last = socket;
        _lastEntry = entry;
        return true;
    }

    /// <summary>Adds a piece to the last send. False if that is another socket's, or if there is no room.</summary>
    public bool TryExtend(UringSocket socket, byte* start, int length)
    {
        ref var sending = ref socket.Sending;
        if (_last != socket || _pieceCount == MaxPieces || sending.Pieces == PiecesOfAMessage)
        {
            return false;
        }

        if (sending.Pieces == 1)
        {
            if (_messageCount == MaxMessages)
            {
                return false;
            }

            var message = &_messages[_messageCount++];
            *message = new MessageHeader { Vectors = &_pieces[sending.First] };
            _lastEntry->Operation = UringConstants.SendMessage;
            _lastEntry->Address = message;
            _lastEntry->Length = 1;
        }

        _pieces[_pieceCount++] = new IoVector { Start = start, Length = (nuint)length };
        sending = sending with { Pieces = sending.Pieces + 1, Length = sending.Length + length };
        ((MessageHeader*)_lastEntry->Address)->Count = (nuint)sending.Pieces;
        return true;
    }

    public ReadOnlySpan<IoVector> VectorsOf(in Sent sent) => new(_pieces + sent.First, sent.Pieces);

    /// <summary>Prevents more pieces in the last send, because its request was submitted.</summary>
    public void Seal() => _last = null;

    /// <summary>
    /// Begins a new batch: all bytes of the current one were sent, or their short sends were reported.
    /// </summary>
    public void Settle()
    {
        Seal();
        if (_pieceCount > 0)
        {
            _pieceCount = _messageCount = 0;
            Batch++;
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(_pieces);
        NativeMemory.Free(_messages);
    }
}

/// <summary>The part of a batch that belongs to one socket.</summary>
/// <param name="Batch">The number of the batch, which is settled once the loop has another one.</param>
/// <param name="First">The index of the first piece.</param>
/// <param name="Pieces">The number of pieces.</param>
/// <param name="Length">The number of bytes in all pieces.</param>
internal readonly record struct Sent(long Batch, int First, int Pieces, int Length);
