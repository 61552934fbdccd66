using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Load;

/// <summary>The address under test, from which the address of each user is derived.</summary>
internal sealed record Target(Uri Address, string? UserPrefix)
{
    /// <summary>The address without its query, which may hold a secret.</summary>
    public string Shown => WrittenUrl.WithoutQuery(Address);

    /// <summary>The address for connection <paramref name="index"/> (from 0), whose user has the next number.</summary>
    public Uri For(int index) => UserPrefix is null
        ? Address
        : WrittenUrl.With(Address, $"user={Uri.EscapeDataString(UserPrefix)}{index + 1}");
}
