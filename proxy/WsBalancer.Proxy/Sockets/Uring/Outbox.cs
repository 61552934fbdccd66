using System.Runtime.InteropServices;
using WsBalancer.Proxy.Sockets.Linux;

namespace WsBalancer.Proxy.Sockets.Uring;

/// <summary>
/// What is to be sent straight from received buffers with the loop's next entry into the kernel. It does not wait, so
/// after that entry all of it has been sent, or the kernel had no room.
/// </summary>
/// <remarks>
/// MSG_WAITALL makes a short send a failure, so that only those are told; together with MSG_DONTWAIT it does not wait
/// for the rest either, and says how much was sent.
/// </remarks>
internal sealed unsafe class Outbox : IDisposable
{
    private const int MaxPieces = 2048;
    private const int MaxMessages = 256;

    // A message of more is cut into two: the kernel copies the list of pieces.
    private const int PiecesOfAMessage = 64;

    private readonly Piece* _pieces = (Piece*)NativeMemory.Alloc(MaxPieces, (nuint)sizeof(Piece));
    private readonly Message* _messages = (Message*)NativeMemory.Alloc(MaxMessages, (nuint)sizeof(Message));
    private int _pieceCount;
    private int _messageCount;
    private UringSocket? _last;
    private SubmissionEntry* _lastEntry;

    /// <summary>Which entry into the kernel these are sent with.</summary>
    public long Batch { get; private set; } = 1;

    /// <summary>Adds the first piece of a socket. False if there is no room.</summary>
    public bool TryAdd(UringSocket socket, byte* start, int length, UringLoop loop)
    {
        if (_pieceCount == MaxPieces)
        {
            return false;
        }

        var entry = loop.Request(UringConstants.Send, Request.Send, socket.Number, socket.Descriptor);
        entry->Flags = UringConstants.SkipSuccess;
        entry->Address = start;
        entry->Length = (uint)length;
        entry->OperationFlags = SocketConstants.DoNotWait | SocketConstants.NoSignal
            | SocketConstants.WaitAll;
        socket.Sending = new Sent(Batch, _pieceCount, 1, length);
        _pieces[_pieceCount++] = new Piece { Start = start, Length = (nuint)length };
        _last = socket;
        _lastEntry = entry;
        return true;
    }

    /// <summary>Adds a piece to a socket's send, if nothing else was added since.</summary>
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
            *message = new Message { Pieces = &_pieces[sending.First] };
            _lastEntry->Operation = UringConstants.SendMessage;
            _lastEntry->Address = message;
            _lastEntry->Length = 1;
        }

        _pieces[_pieceCount++] = new Piece { Start = start, Length = (nuint)length };
        sending = sending with { Pieces = sending.Pieces + 1, Length = sending.Length + length };
        ((Message*)_lastEntry->Address)->Count = (nuint)sending.Pieces;
        return true;
    }

    public ReadOnlySpan<Piece> PiecesOf(in Sent sent) => new(_pieces + sent.First, sent.Pieces);

    /// <summary>The requests have gone to the kernel: none can be changed any more.</summary>
    public void Seal() => _last = null;

    /// <summary>All were sent, or those that were not have been told.</summary>
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

/// <summary>What of a socket goes to the kernel with a batch.</summary>
/// <param name="Batch">Which; it is over when the outbox has another.</param>
/// <param name="First">The first piece.</param>
/// <param name="Pieces">How many.</param>
/// <param name="Length">How many bytes they have in all.</param>
internal readonly record struct Sent(long Batch, int First, int Pieces, int Length);
