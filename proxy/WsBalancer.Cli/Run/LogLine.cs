using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Run;

/// <summary>
/// Formats an entry of the log as one line, as the platform's single-line format is, but with every invisible character
/// escaped. The platform's formatter replaces line feeds only: text of nodes, clients and Redis could control the
/// terminal that shows the log.
/// </summary>
internal sealed class LogLine(IOptionsMonitor<ConsoleFormatterOptions> options) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "wsbalancer";

    private const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public override void Write<TState>(
        in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (RequestQuotes.IsWithheld(logEntry.Category, logEntry.LogLevel))
        {
            return;
        }

        textWriter.Write($"{Now()} {LevelOf(logEntry.LogLevel)}");
        textWriter.Write($": {Line(logEntry.Category)}[{logEntry.EventId.Id}]");
        if (options.CurrentValue.IncludeScopes)
        {
            scopeProvider?.ForEachScope(
                static (scope, writer) => writer.Write(
                    $" => {Line(RequestQuotes.WithoutQueries(scope?.ToString() ?? ""))}"),
                textWriter);
        }

        textWriter.Write($" {Line(RequestQuotes.MessageOf(logEntry))}");
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write($" {Line(RequestQuotes.WithoutQueries(exception.ToString()))}");
        }

        textWriter.Write('\n');
    }

    /// <summary>The time of an entry: now, in UTC.</summary>
    public static string Now() =>
        TimeProvider.System.GetUtcNow().ToString(TimestampFormat, CultureInfo.InvariantCulture);

    private static string Line(string text) => VisibleText.Of(text.ReplaceLineEndings(" "));

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
