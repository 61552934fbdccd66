using System.IO.Hashing;

namespace WsBalancer.HashRing;

/// <summary>The two numbers that a seed text becomes: one for hashing user ids, one for the ring's own table.</summary>
internal readonly record struct RingSeeds(ulong Key, ulong Table)
{
    /// <summary>The seeds of a text; both 0 for null. Throws on a text that can only be a mistake.</summary>
    public static RingSeeds Of(string? text)
    {
        if (text is null)
        {
            return default;
        }

        // An empty text is most likely a variable that was not set: a seed of nothing would protect nobody.
        if (text.Length == 0)
        {
            throw new ArgumentException("The ring's seed is empty; leave it out for a ring without one.", nameof(text));
        }

        var bytes = StrictUtf8.TryEncode(text)
            ?? throw new ArgumentException("The ring's seed is not well-formed UTF-16.", nameof(text));
        return new RingSeeds(XxHash3.HashToUInt64(bytes, 0), XxHash3.HashToUInt64(bytes, 1));
    }

    // A record prints its members by itself; seeds are not to be printed.
    public override string ToString() => this == default ? "none" : "set";
}
