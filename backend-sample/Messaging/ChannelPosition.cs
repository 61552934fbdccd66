using System.Globalization;

namespace WsBalancer.BackendSample.Messaging;

/// <summary>
/// A place in the stored messages of a channel. Offsets count from 1 without a gap; a new epoch begins when the stored
/// messages of the old one are lost, so that an offset of the old epoch has no meaning any more.
/// </summary>
internal readonly record struct ChannelPosition(string Epoch, long Offset)
{
    /// <summary>The longest epoch, in UTF-16 units, that is read from a client.</summary>
    public const int MaxEpochLength = 64;

    /// <summary>Reads <c>EPOCH:OFFSET</c>.</summary>
    /// <returns>Null if the text is not a position.</returns>
    public static ChannelPosition? Parse(ReadOnlySpan<char> text)
    {
        var colon = text.LastIndexOf(':');
        return colon is > 0 and <= MaxEpochLength
            && long.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                ? new ChannelPosition(text[..colon].ToString(), offset)
                : null;
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Offset}");
}

/// <summary>A client's request for its position in a channel, and for the messages after the one it has.</summary>
/// <param name="Since">The position of the client's last message; null if it has none.</param>
internal sealed record RecoveryRequest(ChannelPosition? Since);
