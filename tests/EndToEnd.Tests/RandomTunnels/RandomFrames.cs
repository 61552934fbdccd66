using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>
/// Creates the bytes that one side sends: frames of every kind, with lengths around the limits of the three length
/// forms.
/// </summary>
internal sealed class RandomFrames(Random random, bool masked)
{
    private const int MostFrames = 40;
    private const int LargestFrame = 2_500_000;

    // The largest payload of a control frame (RFC 6455, section 5.5).
    private const int LargestControl = 125;

    private static readonly int[] Borders = [0, 1, 125, 126, 127, 65_535, 65_536];

    private readonly MemoryStream _bytes = new();
    private readonly List<int> _boundaries = [0];
    private int _bodyLength;
    private int? _closeEnd;
    private bool _inMessage;

    public SentStream Build(LastPart last)
    {
        var frames = random.Next(MostFrames);
        var large = random.Next(16) == 0 ? random.Next(frames) : -1;
        for (var i = 0; i < frames; i++)
        {
            Add(i == large ? Binary(random.Next(LargestFrame)) : Any());
        }

        _bodyLength = (int)_bytes.Length;
        switch (last)
        {
            case LastPart.Close:
                AddClose();
                break;
            case LastPart.CloseAndMore:
                AddClose();
                Add(Any());
                break;
            case LastPart.HalfAFrame:
                AddHalf();
                break;
            case LastPart.CutAnywhere:
                return CutAnywhere();
        }

        return new SentStream(_bytes.ToArray(), [.. _boundaries], _bodyLength, _closeEnd);
    }

    private void Add(Frame frame)
    {
        _bytes.Write(Bytes(frame));
        _boundaries.Add((int)_bytes.Length);
    }

    private void AddClose()
    {
        Add(Frame.Close(random.Next(4_000, 4_100), random.Next(3) == 0 ? "" : new string('r', random.Next(120))));
        _closeEnd = (int)_bytes.Length;
    }

    private void AddHalf()
    {
        var whole = Bytes(Binary(random.Next(1, 100_000)));
        _bytes.Write(whole, 0, random.Next(1, whole.Length));
    }

    private SentStream CutAnywhere()
    {
        var bytes = _bytes.ToArray()[..random.Next((int)_bytes.Length + 1)];
        return new SentStream(bytes, [.. _boundaries.Where(end => end <= bytes.Length)], bytes.Length, null);
    }

    private byte[] Bytes(Frame frame) => (masked ? frame.Masked(RandomBytes(4)) : frame).ToBytes();

    private Frame Any() => random.Next(8) switch
    {
        0 => new Frame(Opcode.Ping, RandomBytes(random.Next(LargestControl + 1))),
        1 => new Frame(Opcode.Pong, RandomBytes(random.Next(LargestControl + 1))),
        _ => Part(),
    };

    // A message or a fragment of one; control frames may be between the fragments.
    private Frame Part()
    {
        var first = random.Next(2) == 0 ? Opcode.Text : Opcode.Binary;
        var opcode = _inMessage ? Opcode.Continuation : first;
        _inMessage = random.Next(3) == 0;
        return new Frame(opcode, RandomBytes(PayloadLength()))
        {
            Final = !_inMessage,
            Reserved = random.Next(6) == 0 ? 4 : 0,
            Length = random.Next(20) == 0 ? LengthForm.Bits64 : LengthForm.Shortest,
        };
    }

    private Frame Binary(int length) => new(Opcode.Binary, RandomBytes(length));

    private int PayloadLength() => random.Next(10) switch
    {
        < 5 => random.Next(300),
        < 9 => Borders[random.Next(Borders.Length)],
        _ => random.Next(70_000),
    };

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}

/// <summary>The last part of the bytes that a side sends.</summary>
internal enum LastPart
{
    /// <summary>A whole frame.</summary>
    Frame,

    Close,

    /// <summary>A Close and one more frame, which RFC 6455 does not allow.</summary>
    CloseAndMore,

    /// <summary>The beginning of a frame.</summary>
    HalfAFrame,

    /// <summary>No last part: the stream ends at a random byte.</summary>
    CutAnywhere,
}
