using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace WsBalancer.Cli.Run;

/// <summary>
/// The format of the log, from <c>Logging:Console:FormatterName</c>. The names are the platform's; the formatters are
/// those of this program, which escape invisible characters and withhold the content of requests.
/// </summary>
internal static class LogFormat
{
    private const string Json = "json";

    public static ILoggingBuilder AddLog(this ILoggingBuilder logging)
    {
        logging.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .AddConsoleFormatter<LogLine, ConsoleFormatterOptions>()
            .AddConsoleFormatter<JsonLine, ConsoleFormatterOptions>();

        // Runs after the configuration is bound, and again at every reload.
        logging.Services.PostConfigure<ConsoleLoggerOptions>(static console => console.FormatterName =
            string.Equals(console.FormatterName, Json, StringComparison.OrdinalIgnoreCase)
                ? JsonLine.FormatName
                : LogLine.FormatName);
        return logging;
    }
}
