namespace WsBalancer.BackendSample.Access;

// Event ids 400-499 are reserved for access. The next free one is 403.
internal static partial class AccessLog
{
    // Without the token: a reader of the log could use it.
    [LoggerMessage(400, LogLevel.Debug, "A token was refused: {Failure}.", EventName = "TokenRefused")]
    public static partial void TokenRefused(ILogger logger, string failure);

    [LoggerMessage(401, LogLevel.Warning,
        "Development mode: clients connect as any user without a token. --jwt-key or --jwt-authority ends it.",
        EventName = "IsDevelopment")]
    public static partial void IsDevelopment(ILogger logger);

    [LoggerMessage(402, LogLevel.Warning,
        "The keys of {Authority} cannot be read: {Failure} Clients are refused with 503.",
        EventName = "KeysUnavailable")]
    public static partial void KeysUnavailable(ILogger logger, Uri authority, string failure);
}
