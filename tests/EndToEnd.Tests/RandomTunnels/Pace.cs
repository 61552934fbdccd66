namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>How a side cuts what it writes or reads into pieces, and when it pauses. The pauses are the load, not a
/// wait for anything.</summary>
internal sealed class Pace
{
    // A stream in more pieces than this would take longer than it tells.
    private const int MostPieces = 800;
    private const int MostPauses = 30;
    private const int LongestPause = 4;
    private const int LongestStall = 250;
    private const int LongestHeader = 14;

    // A window this small is told only after a while each time.
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

        /// <summary>Within the header of a frame, its mask included.</summary>
        InHeaders,

        /// <summary>As much as there is.</summary>
        Nowhere,
    }

    /// <summary>What the kernel keeps for this side, if less than usual.</summary>
    public int? ReceiveBuffer { get; }

    /// <summary>How much to write next.</summary>
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

    /// <summary>How much to read at most.</summary>
    public int Next() => _random.Next(_least, _most + 1);

    /// <summary>Goes on at once, or after others, or after a pause.</summary>
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
