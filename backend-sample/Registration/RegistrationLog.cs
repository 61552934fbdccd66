namespace WsBalancer.BackendSample.Registration;

// Event ids 400-499 belong to registration. The next free one is 402.
internal static partial class RegistrationLog
{
    [LoggerMessage(400, LogLevel.Debug, "Could not write '{Key}'; it is tried again in three seconds.",
        EventName = "WriteFailed")]
    public static partial void WriteFailed(ILogger logger, string key, Exception failure);

    [LoggerMessage(401, LogLevel.Debug, "Node '{Node}' renews its registration no more.", EventName = "Ended")]
    public static partial void Ended(ILogger logger, string node);
}
