using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Admin;

// Event ids 670-699 belong to the admin host. The next free one is 672.
internal static partial class AdminLog
{
    [LoggerMessage(670, LogLevel.Error,
        "The token file '{Path}' {Mistake}: its last token stays in force; reading the file is retried every second.")]
    public static partial void TokenNotRead(ILogger logger, string path, string mistake);

    [LoggerMessage(671, LogLevel.Information, "The token file '{Path}' has another token, which is in force.")]
    public static partial void TokenRead(ILogger logger, string path);
}
