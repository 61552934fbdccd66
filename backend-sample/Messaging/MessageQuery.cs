namespace WsBalancer.BackendSample.Messaging;

/// <summary>Which stored messages of a room are requested: the newest ones before an offset.</summary>
/// <param name="Before">The offset before which the messages are; null for the newest of all.</param>
/// <param name="Limit">The most messages.</param>
/// <param name="Text">The text that the messages contain; null for all messages.</param>
internal sealed record MessageQuery(long? Before, int Limit, string? Text)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 100;

    /// <summary>The longest text to search for, in UTF-16 units.</summary>
    public const int MaxTextLength = 256;

    /// <returns>The query, or the reason why there is none, in words for the sender.</returns>
    public static (MessageQuery? Query, string Reason) Create(long? before, long? limit, string? text)
    {
        var reason = (before, limit, text) switch
        {
            ( < 1, _, _) => "'before' is not an offset: a whole number from 1",
            (_, < 1 or > MaxLimit, _) => $"'limit' is not a whole number from 1 to {MaxLimit}",
            (_, _, "") => "'text' is missing, empty or not a text",
            (_, _, { Length: > MaxTextLength }) => $"'text' is longer than {MaxTextLength} characters",
            _ => "",
        };
        return reason.Length > 0
            ? (null, reason)
            : (new MessageQuery(before, (int)(limit ?? DefaultLimit), text), "");
    }
}
