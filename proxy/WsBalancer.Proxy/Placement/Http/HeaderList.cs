namespace WsBalancer.Proxy.Placement.Http;

/// <summary>Header values that are lists: members separated by commas (RFC 9110 §5.6.1).</summary>
internal static class HeaderList
{
    /// <summary>Whether a line of a header contains a member. Upper and lower case are equal.</summary>
    public static bool Contains(string? line, string member)
    {
        var list = line.AsSpan();
        foreach (var range in list.Split(','))
        {
            if (list[range].Trim(" \t").Equals(member, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
