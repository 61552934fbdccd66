namespace WsBalancer.BackendSample.Channels;

/// <summary>The failures of the bus and the store, in words for those who sent the message.</summary>
internal static class OutcomeReasons
{
    public const string NotRead = "redis is away: the messages were not read, try again later";

    /// <param name="outcome">The outcome.</param>
    /// <param name="node">The name of this node.</param>
    /// <param name="bus">The bus.</param>
    /// <returns>Null if the message was published.</returns>
    public static string? ReasonAt(this PublishOutcome outcome, string node, IMessageBus bus) => outcome switch
    {
        PublishOutcome.Published => null,
        PublishOutcome.LocalOnly => $"{bus.Status.Server} is away: the message reached node '{node}' only",
        PublishOutcome.TooLong => $"longer than {bus.Status.Server} carries: the message reached node '{node}' only",
        _ => $"{bus.Status.Server} went away: the message may not have been delivered",
    };

    /// <param name="outcome">The outcome.</param>
    /// <param name="bus">The bus.</param>
    /// <returns>Null if the message is stored.</returns>
    public static string? Reason(this AppendOutcome outcome, IMessageBus bus) => outcome switch
    {
        AppendOutcome.Stored => null,
        AppendOutcome.Unavailable => "redis is away: the message was not stored, send it again later",
        AppendOutcome.Refused => "redis refused to store the message",
        AppendOutcome.TooLong => $"longer than {bus.Status.Server} carries: the message was not stored",
        AppendOutcome.Unsupported => "this node stores no messages: send it without an id",
        _ => "redis went away: the message may have been stored, send it again with the same id",
    };
}
