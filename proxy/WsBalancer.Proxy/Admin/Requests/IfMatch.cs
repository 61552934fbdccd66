using System.Globalization;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>The epoch that a caller has seen. A change is refused if the ring has changed since.</summary>
internal static class IfMatch
{
    public const string Name = "If-Match";
    public const string Means = "The epoch that you have seen: if it is another one by now, nothing is done.";

    /// <returns>Null if any epoch is accepted.</returns>
    public static long? Epoch(string? header)
    {
        if (header is null or "*")
        {
            return null;
        }

        var bare = header is ['"', .. var inner, '"'] ? inner : header;
        return long.TryParse(bare, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            ? epoch
            : throw QueryText.Wrong(Name, header, "an epoch, a whole number, bare or in quotes");
    }
}
