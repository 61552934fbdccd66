namespace WsBalancer.Proxy.Identity;

/// <summary>The user id of a request: a text, missing (null), or too long to be taken.</summary>
internal readonly record struct UserId(string? Value, bool TooLong)
{
    /// <summary>How many bytes of UTF-8 an id may have.</summary>
    public const int MaxBytes = 1024;
}
