using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WsBalancer.Proxy.Sockets.Uring;

/// <summary>
/// Received buffers on their way: one is lent out while its target is told, goes back to the kernel after that, and,
/// if it is sent from, after the next entry into the kernel.
/// </summary>
internal sealed unsafe class LentBuffers(BufferRing buffers)
{
    private readonly List<int> _held = [];
    private byte* _lent;
    private nuint _lentLength;
    private bool _isHeld;

    /// <summary>How many are being sent from.</summary>
    public int Held => _held.Count;

    /// <summary>Lends out what was received.</summary>
    public ReadOnlySpan<byte> Lend(in CompletionEntry completion)
    {
        _lent = buffers.Start(NumberOf(completion));
        _lentLength = (nuint)completion.Result;
        return new ReadOnlySpan<byte>(_lent, completion.Result);
    }

    /// <summary>Where bytes lie that are in what is lent out; null if they are not.</summary>
    public byte* Find(ReadOnlySpan<byte> bytes)
    {
        // Wherever else the bytes are, they cannot come to lie in here: a moving address is only compared.
        var start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        return !bytes.IsEmpty
            && (nuint)bytes.Length <= _lentLength
            && (nuint)(start - _lent) <= _lentLength - (nuint)bytes.Length
            ? start
            : null;
    }

    /// <summary>Whether what is lent out is being sent from, besides what was said of it before.</summary>
    public void Hold(bool isSent) => _isHeld |= isSent;

    /// <summary>Its target was told: it goes back, now or later.</summary>
    public void TakeBack(in CompletionEntry completion)
    {
        if (_isHeld)
        {
            _held.Add(NumberOf(completion));
        }
        else
        {
            buffers.GiveBack(NumberOf(completion));
        }

        (_lentLength, _isHeld) = (0, false);
    }

    /// <summary>Nothing is being sent from them any more.</summary>
    public void Settle()
    {
        foreach (var number in _held)
        {
            buffers.GiveBack(number);
        }

        _held.Clear();
    }

    private static int NumberOf(in CompletionEntry completion) => (int)(completion.Flags >> UringConstants.BufferShift);
}
