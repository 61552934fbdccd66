using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace WsBalancer.HashRing.Points;

/// <summary>
/// MD5 (RFC 1321) of short texts: the four words of the digest. Not used for security. The platform's implementation
/// takes several times as long for a user id, and is missing where its cryptographic library is missing.
/// </summary>
internal readonly record struct Md5(uint A, uint B, uint C, uint D)
{
    private const int BlockSize = 64;
    private const int LengthSize = sizeof(ulong);

    // floor(2^32 · |sin(i + 1)|).
    private static readonly uint[] Sines =
        [.. Enumerable.Range(1, BlockSize).Select(static i => (uint)(Math.Abs(Math.Sin(i)) * 4294967296.0))];

    public static Md5 Of(ReadOnlySpan<byte> bytes)
    {
        var state = new Md5(0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476);
        var rest = bytes;
        while (rest.Length >= BlockSize)
        {
            state = state.After(rest[..BlockSize]);
            rest = rest[BlockSize..];
        }

        // Padding: a one bit, zeros, and the length in bits fill the last block, or need one more.
        Span<byte> last = stackalloc byte[2 * BlockSize];
        last.Clear();
        rest.CopyTo(last);
        last[rest.Length] = 0x80;
        last = last[..(rest.Length < BlockSize - LengthSize ? BlockSize : 2 * BlockSize)];
        BinaryPrimitives.WriteUInt64LittleEndian(last[^LengthSize..], (ulong)bytes.Length * 8);
        state = state.After(last[..BlockSize]);
        return last.Length == BlockSize ? state : state.After(last[BlockSize..]);
    }

    private Md5 After(ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[BlockSize / sizeof(uint)];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(i * sizeof(uint))..]);
        }

        var (a, b, c, d) = (A, B, C, D);
        for (var i = 0; i < 16; i += 4)
        {
            a = Step(a, b, d ^ (b & (c ^ d)), words[i], Sines[i], 7);
            d = Step(d, a, c ^ (a & (b ^ c)), words[i + 1], Sines[i + 1], 12);
            c = Step(c, d, b ^ (d & (a ^ b)), words[i + 2], Sines[i + 2], 17);
            b = Step(b, c, a ^ (c & (d ^ a)), words[i + 3], Sines[i + 3], 22);
        }

        for (var i = 16; i < 32; i += 4)
        {
            a = Step(a, b, c ^ (d & (b ^ c)), words[((5 * i) + 1) % 16], Sines[i], 5);
            d = Step(d, a, b ^ (c & (a ^ b)), words[((5 * i) + 6) % 16], Sines[i + 1], 9);
            c = Step(c, d, a ^ (b & (d ^ a)), words[((5 * i) + 11) % 16], Sines[i + 2], 14);
            b = Step(b, c, d ^ (a & (c ^ d)), words[5 * i % 16], Sines[i + 3], 20);
        }

        for (var i = 32; i < 48; i += 4)
        {
            a = Step(a, b, b ^ c ^ d, words[((3 * i) + 5) % 16], Sines[i], 4);
            d = Step(d, a, a ^ b ^ c, words[((3 * i) + 8) % 16], Sines[i + 1], 11);
            c = Step(c, d, d ^ a ^ b, words[((3 * i) + 11) % 16], Sines[i + 2], 16);
            b = Step(b, c, c ^ d ^ a, words[((3 * i) + 14) % 16], Sines[i + 3], 23);
        }

        for (var i = 48; i < 64; i += 4)
        {
            a = Step(a, b, c ^ (b | ~d), words[7 * i % 16], Sines[i], 6);
            d = Step(d, a, b ^ (a | ~c), words[((7 * i) + 7) % 16], Sines[i + 1], 10);
            c = Step(c, d, a ^ (d | ~b), words[((7 * i) + 14) % 16], Sines[i + 2], 15);
            b = Step(b, c, d ^ (c | ~a), words[((7 * i) + 21) % 16], Sines[i + 3], 21);
        }

        return new Md5(A + a, B + b, C + c, D + d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Step(uint word, uint next, uint mixed, uint input, uint sine, int turn) =>
        next + BitOperations.RotateLeft(word + mixed + input + sine, turn);
}
