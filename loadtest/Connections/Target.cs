namespace WsBalancer.LoadTest.Connections;

/// <summary>The address under test, and the one that each user connects to.</summary>
internal sealed record Target(Uri Address, string? UserPrefix)
{
    /// <summary>The address without its query, which may hold a secret.</summary>
    public string Shown => Address.GetLeftPart(UriPartial.Path);

    /// <summary>The address for connection <paramref name="index"/> (from 0), whose user has the next number.</summary>
    public Uri For(int index)
    {
        if (UserPrefix is null)
        {
            return Address;
        }

        var separator = Address.Query.Length > 0 ? "&" : "?";
        var user = $"{Uri.EscapeDataString(UserPrefix)}{index + 1}";
        return new Uri($"{Address.GetLeftPart(UriPartial.Query)}{separator}user={user}");
    }
}
