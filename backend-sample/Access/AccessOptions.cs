namespace WsBalancer.BackendSample.Access;

/// <summary>Who may connect, and how much a client may send.</summary>
internal sealed record AccessOptions
{
    /// <summary>
    /// How tokens are validated. Null in development mode: then every client may connect as any user.
    /// </summary>
    public TokenOptions? Tokens { get; init; }

    /// <summary>How long a client may take to send a new token after its token has expired.</summary>
    public TimeSpan TokenGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The origins of web pages that may connect, such as <c>https://app.example.com</c> or
    /// <c>https://*.example.com</c>; empty for all. Clients that are not browsers send no origin, and may connect.
    /// </summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>The secret with which back ends use the API; null for none.</summary>
    public ApiKey? ApiKey { get; init; }

    /// <summary>The messages a second that one connection may send, with a burst of as many; 0 for no limit.</summary>
    public int ConnectionRate { get; init; }

    /// <summary>The same for all connections of one user to this node.</summary>
    public int UserRate { get; init; }
}

/// <summary>How tokens are validated.</summary>
internal sealed record TokenOptions
{
    /// <summary>The keys of a file; null if the keys are those of <see cref="Authority"/>.</summary>
    public TokenKeys? Keys { get; init; }

    /// <summary>The OpenID Connect authority, whose published keys are read and followed; null for none.</summary>
    public Uri? Authority { get; init; }

    /// <summary>The required <c>aud</c>; null for any.</summary>
    public string? Audience { get; init; }

    /// <summary>The required <c>iss</c>; null for that of the authority, or for any without an authority.</summary>
    public string? Issuer { get; init; }

    /// <summary>The claim with the rooms that the user may join; null if every user may join every room.</summary>
    public string? RoomsClaim { get; init; }
}
