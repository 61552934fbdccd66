namespace WsBalancer.Proxy.Http;

/// <summary>The parts of a request target as the client sent it (RFC 9112 §3.2).</summary>
internal readonly ref struct RawTarget
{
    private RawTarget(TargetForm form, ReadOnlySpan<char> rest)
    {
        Form = form;
        var query = rest.IndexOf('?');
        Path = query < 0 ? rest : rest[..query];
        Query = query < 0 ? default : rest[query..];
    }

    public TargetForm Form { get; }

    /// <summary>Host and port, without user information; empty unless the form is absolute.</summary>
    public ReadOnlySpan<char> Authority { get; private init; }

    /// <summary>The path with its first slash, or empty.</summary>
    public ReadOnlySpan<char> Path { get; }

    /// <summary>The query with its question mark, or empty.</summary>
    public ReadOnlySpan<char> Query { get; }

    public static RawTarget Parse(ReadOnlySpan<char> target)
    {
        if (target.StartsWith('/'))
        {
            return new RawTarget(TargetForm.Origin, target);
        }

        var scheme = target.IndexOf("://");
        if (scheme <= 0 || target[..scheme].ContainsAny("/?#"))
        {
            return new RawTarget(target is "*" ? TargetForm.Asterisk : TargetForm.Authority, default);
        }

        var rest = target[(scheme + 3)..];
        var end = rest.IndexOfAny("/?#\\");
        var authority = end < 0 ? rest : rest[..end];
        return new RawTarget(TargetForm.Absolute, rest[authority.Length..])
        {
            Authority = authority[(authority.LastIndexOf('@') + 1)..],
        };
    }
}

/// <summary>The forms of a request target.</summary>
internal enum TargetForm
{
    /// <summary>A path, with or without a query.</summary>
    Origin,

    /// <summary>A whole URL, as toward a proxy.</summary>
    Absolute,

    /// <summary>An asterisk: the server as a whole.</summary>
    Asterisk,

    /// <summary>Host and port of a CONNECT, or an unknown form.</summary>
    Authority,
}
