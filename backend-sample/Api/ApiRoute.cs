using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Api;

/// <summary>A path of the API.</summary>
/// <param name="Kind">The kind of the path.</param>
/// <param name="Name">The user or the room.</param>
internal sealed record ApiRoute(ApiRouteKind Kind, string Name)
{
    /// <summary>The methods of the path, as in the header <c>Allow</c>.</summary>
    public string Methods => Kind switch
    {
        ApiRouteKind.RoomMessages => "GET, POST",
        ApiRouteKind.RoomSearch => "GET",
        _ => "POST",
    };

    /// <summary>Why the name is none; null if it is valid.</summary>
    public string? Reason => Kind is ApiRouteKind.UserMessages
        ? ReasonOf("user", ClientMessage.MaxUserLength)
        : ReasonOf("room", ClientMessage.MaxRoomLength);

    /// <summary>Reads the target of a request line, in which the names are percent-encoded.</summary>
    /// <remarks>
    /// The path of the request has no use here: the server decodes it once, but not <c>%2F</c>, and removes dots.
    /// </remarks>
    /// <returns>Null if the API has no such path.</returns>
    public static ApiRoute? Parse(string target)
    {
        var path = target.Split('?')[0];
        string[] parts = [.. path.Split('/').Select(Uri.UnescapeDataString)];

        // A proxy may send the whole URL: its first parts are the scheme, nothing, and the host.
        return parts.AsSpan(path.StartsWith('/') ? 1 : Math.Min(3, parts.Length)) switch
        {
            ["api", "rooms", var room, "messages"] => new ApiRoute(ApiRouteKind.RoomMessages, room),
            ["api", "rooms", var room, "search"] => new ApiRoute(ApiRouteKind.RoomSearch, room),
            ["api", "users", var user, "messages"] => new ApiRoute(ApiRouteKind.UserMessages, user),
            _ => null,
        };
    }

    public bool Allows(string method) => Methods.Split(", ").Contains(method, StringComparer.Ordinal);

    private string? ReasonOf(string what, int longest) => Name.Length switch
    {
        0 => $"The {what} in the path is empty.",
        var length when length > longest => $"The {what} in the path is longer than {longest} characters.",
        _ => null,
    };
}

/// <summary>The kinds of paths.</summary>
internal enum ApiRouteKind
{
    RoomMessages,
    RoomSearch,
    UserMessages,
}
