using System.IO.Hashing;

namespace WsBalancer.HashRing;

/// <summary>
/// The two numbers that are derived from a seed text: one for hashing user ids, one for the ring's own table.
/// </summary>
internal readonly record struct RingSeeds(ulong Key, ulong Table)
{
    /// <summary>The seeds of a text; both 0 for null. Throws if the text is empty or not well-formed.</summary>
    public static RingSeeds Of(string? text)
    {
        if (text is null)
        {
            return default;
        }

        // An empty text is most likely a variable that was not set: an empty seed would not protect the ring.
        if (text.Length == 0)
        {
            throw new ArgumentException("The ring's seed is empty; leave it out for a ring without one.", nameof(text));
        }

        var bytes = StrictUtf8.TryEncode(text)
            ?? throw new ArgumentException("The ring's seed is not well-formed UTF-16.", nameof(text));
        return new RingSeeds(XxHash3.HashToUInt64(bytes, 0), XxHash3.HashToUInt64(bytes, 1));
    }

    // A generated ToString would print the members; seeds must never be printed.
    public override string ToString() => this == default ? "none" : "set";
}
