using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace WsBalancer.Cli.Run;

/// <summary>
/// Formats an entry of the log as a line of JSON in ASCII, with other characters escaped. The named values in a message
/// of the balancer are fields of <c>values</c>.
/// </summary>
internal sealed class JsonLine(IOptionsMonitor<ConsoleFormatterOptions> options) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "wsbalancer-json";

    private const string Template = "{OriginalFormat}";

    public override void Write<TState>(
        in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (RequestQuotes.IsWithheld(logEntry.Category, logEntry.LogLevel))
        {
            return;
        }

        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, LogLine.Now());
            json.WriteString("level"u8, LevelOf(logEntry.LogLevel));
            json.WriteString("category"u8, logEntry.Category);
            json.WriteNumber("eventId"u8, logEntry.EventId.Id);
            json.WriteString("message"u8, RequestQuotes.MessageOf(logEntry));
            if (logEntry.State is IReadOnlyList<KeyValuePair<string, object?>> values
                && RequestQuotes.IsOwn(logEntry.Category))
            {
                WriteValues(json, values);
            }

            if (options.CurrentValue.IncludeScopes && scopeProvider is not null)
            {
                WriteScopes(json, scopeProvider);
            }

            if (logEntry.Exception is { } exception)
            {
                json.WriteString("exception"u8, RequestQuotes.WithoutQueries(exception.ToString()));
            }

            json.WriteEndObject();
        }

        textWriter.Write(Encoding.UTF8.GetString(bytes.WrittenSpan));
        textWriter.Write('\n');
    }

    private static void WriteValues(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        json.WriteStartObject("values"u8);
        foreach (var (name, value) in values)
        {
            if (name != Template)
            {
                json.WritePropertyName(name);
                WriteValue(json, value);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool claim:
                json.WriteBooleanValue(claim);
                break;
            case int or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void WriteScopes(Utf8JsonWriter json, IExternalScopeProvider scopes)
    {
        json.WriteStartArray("scopes"u8);
        scopes.ForEachScope(
            static (scope, json) => json.WriteStringValue(RequestQuotes.WithoutQueries(scope?.ToString() ?? "")), json);
        json.WriteEndArray();
    }

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
