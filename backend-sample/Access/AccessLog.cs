namespace WsBalancer.BackendSample.Access;

internal static partial class AccessLog
{
    // Without the token: a reader of the log could use it.
    [LoggerMessage(1, LogLevel.Debug, "A token was refused: {Failure}.")]
    public static partial void TokenRefused(ILogger logger, string failure);

    [LoggerMessage(3, LogLevel.Warning,
        "The keys of {Authority} cannot be read: {Failure} Clients are refused with 503.")]
    public static partial void KeysUnavailable(ILogger logger, Uri authority, string failure);

    [LoggerMessage(2, LogLevel.Warning,
        "Development mode: clients connect as any user without a token. --jwt-key or --jwt-authority ends it.")]
    public static partial void IsDevelopment(ILogger logger);
}
