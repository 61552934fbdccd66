using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WsBalancer.Sockets.Uring;

/// <summary>
/// Keeps received buffers until they are returned to the kernel. A buffer is lent out while its target is called;
/// afterwards it is returned at once or, if bytes are sent from it, after the next entry into the kernel.
/// </summary>
internal sealed unsafe class LentBuffers(BufferRing buffers)
{
    private readonly List<int> _held = [];
    private byte* _lent;
    private nuint _lentLength;
    private bool _isHeld;

    /// <summary>The number of buffers that are held because bytes are sent from them.</summary>
    public int Held => _held.Count;

    /// <summary>Lends out the buffer of a receive.</summary>
    public ReadOnlySpan<byte> Lend(in CompletionEntry completion)
    {
        _lent = buffers.Start(NumberOf(completion));
        _lentLength = (nuint)completion.Result;
        return new ReadOnlySpan<byte>(_lent, completion.Result);
    }

    /// <summary>The address of bytes that are in the lent buffer; null if they are not.</summary>
    public byte* Find(ReadOnlySpan<byte> bytes)
    {
        // Only addresses are compared. Managed memory can move, but never into this unmanaged buffer, so no pin is
        // needed.
        var start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        return !bytes.IsEmpty
            && (nuint)bytes.Length <= _lentLength
            && (nuint)(start - _lent) <= _lentLength - (nuint)bytes.Length
            ? start
            : null;
    }

    /// <summary>
    /// Records whether bytes are sent from the lent buffer; once true, a later false changes nothing.
    /// </summary>
    public void Hold(bool isSent) => _isHeld |= isSent;

    /// <summary>
    /// Ends the loan after the call of the target: the buffer is returned now or, if it is held, later.
    /// </summary>
    public void TakeBack(in CompletionEntry completion)
    {
        if (_isHeld)
        {
            _held.Add(NumberOf(completion));
        }
        else
        {
            buffers.Return(NumberOf(completion));
        }

        (_lentLength, _isHeld) = (0, false);
    }

    /// <summary>Returns the held buffers, because the kernel has done all sends from them.</summary>
    public void Settle()
    {
        foreach (var number in _held)
        {
            buffers.Return(number);
        }

        _held.Clear();
    }

    private static int NumberOf(in CompletionEntry completion) => (int)(completion.Flags >> UringConstants.BufferShift);
}
