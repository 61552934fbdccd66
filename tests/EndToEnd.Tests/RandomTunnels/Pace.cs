namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>
/// How a side divides the bytes that it writes or reads into pieces, and when it pauses. The pauses are part of the
/// load; no pause waits for a fact.
/// </summary>
internal sealed class Pace
{
    // A stream in more pieces would take longer without finding more faults.
    private const int MostPieces = 800;
    private const int MostPauses = 30;
    private const int LongestPause = 4;
    private const int LongestStall = 250;
    private const int LongestHeader = 14;

    // The kernel announces each opening of so small a window with a delay.
    private const int MostWindows = 25;

    private readonly Random _random;
    private readonly Cut _cut;
    private readonly int _least;
    private readonly int _most;
    private readonly int _stallAt;
    private int _pausesLeft = MostPauses;
    private int _passed;

    public Pace(Random random, int length)
    {
        _random = new Random(random.Next());
        _cut = (Cut)random.Next(3);
        _least = 1 + length / MostPieces;
        _most = _least + (random.Next(3) == 0 ? 4 : 1 << random.Next(4, 17));
        _stallAt = random.Next(5) == 0 ? random.Next(length + 1) : int.MaxValue;
        ReceiveBuffer = random.Next(4) == 0 ? Math.Max(1 << random.Next(13, 16), length / MostWindows) : null;
    }

    private enum Cut
    {
        Anywhere,

        /// <summary>Within the header of a frame, including its mask.</summary>
        InHeaders,

        /// <summary>No cuts: all available bytes in one piece.</summary>
        Nowhere,
    }

    /// <summary>The size of the kernel's receive buffer, if smaller than the default.</summary>
    public int? ReceiveBuffer { get; }

    /// <summary>The size of the next piece to write.</summary>
    public int Next(SentStream stream, int position, int limit)
    {
        var piece = _cut switch
        {
            Cut.Nowhere => limit - position,
            Cut.InHeaders => stream.BoundaryFrom(position) - position + _random.Next(1, LongestHeader),
            _ => Next(),
        };

        return Math.Min(Math.Max(piece, _least), limit - position);
    }

    /// <summary>The largest size of the next piece to read.</summary>
    public int Next() => _random.Next(_least, _most + 1);

    /// <summary>Continues at once, after other tasks, or after a pause.</summary>
    public async ValueTask Rest(int bytes)
    {
        var stalls = _passed <= _stallAt && _passed + bytes > _stallAt;
        _passed += bytes;
        if (stalls)
        {
            await Pause(_random.Next(LongestStall));
        }
        else if (_pausesLeft > 0 && _random.Next(4) == 0)
        {
            _pausesLeft--;
            await Pause(_random.Next(LongestPause));
        }
    }

    public override string ToString() =>
        $"pieces {(_cut == Cut.Anywhere ? $"of {_least} to {_most}" : _cut)}" +
        (ReceiveBuffer is { } bytes ? $", a receive buffer of {bytes}" : "") +
        (_stallAt < int.MaxValue ? $", a stall at {_stallAt}" : "");

    private static async Task Pause(int milliseconds)
    {
        if (milliseconds == 0)
        {
            await Task.Yield();
            return;
        }

        var pause = TimeSpan.FromMilliseconds(milliseconds);
        await Task.Delay(pause, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
