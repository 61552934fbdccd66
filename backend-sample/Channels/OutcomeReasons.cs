namespace WsBalancer.BackendSample.Channels;

/// <summary>The failures of the bus and the store, in words for those who sent the message.</summary>
internal static class OutcomeReasons
{
    public const string NotRead = "redis is away: the messages were not read, try again later";

    /// <returns>Null if the message was published.</returns>
    public static string? ReasonAt(this PublishOutcome outcome, string node) => outcome switch
    {
        PublishOutcome.Published => null,
        PublishOutcome.LocalOnly => $"redis is away: the message reached node '{node}' only",
        _ => "redis went away: the message may not have been delivered",
    };

    /// <returns>Null if the message is stored.</returns>
    public static string? Reason(this AppendOutcome outcome) => outcome switch
    {
        AppendOutcome.Stored => null,
        AppendOutcome.Unavailable => "redis is away: the message was not stored, send it again later",
        AppendOutcome.Refused => "redis refused to store the message",
        _ => "redis went away: the message may have been stored, send it again with the same id",
    };
}
