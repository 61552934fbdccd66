using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Serving;

/// <summary>
/// Counts errors that the server handles without an HTTP response: errors of HTTP/2, failed TLS handshakes, connections
/// above a limit. The only events of the server for these are lines of its log, most of them at Debug, which this
/// provider receives whatever the configured levels are.
/// </summary>
internal sealed class ServerErrors(IServiceProvider services) : ILoggerProvider, ILogger
{
    private const string Server = "Microsoft.AspNetCore.Server.Kestrel.";

    private static readonly string[] Categories =
        [Server + "BadRequests", Server + "Connections", Server + "Http2", Server + "Https"];

    private Rejecter? _rejecter;

    /// <summary>Enables the categories of these errors for this provider, and no others.</summary>
    public static void Listen(LoggerFilterOptions filter)
    {
        var provider = typeof(ServerErrors).FullName;
        filter.Rules.Add(new LoggerFilterRule(provider, categoryName: null, LogLevel.None, filter: null));
        foreach (var category in Categories)
        {
            filter.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Debug, filter: null));
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        switch (eventId.Name)
        {
            case "Http2StreamError":
            case "Http2StreamResetAbort" when IsClients(state):
                Note(ServerRejection.Http2Stream);
                break;
            case "Http2ConnectionError" or "HPackDecodingError":
                Note(ServerRejection.Http2Connection);
                break;
            case "ConnectionBadRequest" when IsOfHttp2(exception):
                Note(ServerRejection.TimedOut);
                break;
            case "AuthenticationFailed" or "AuthenticationTimedOut":
                Note(ServerRejection.TlsHandshake, LogLevel.Debug);
                break;
            case "ConnectionRejected":
                Note(ServerRejection.MaxConnections, LogLevel.Debug);
                break;
            default:
                break;
        }
    }

    public void Dispose()
    {
    }

    // A stream is also reset after an error of the application, and when its request is cancelled.
    private static bool IsClients<TState>(TState state) =>
        state is IReadOnlyList<KeyValuePair<string, object?>> values
        && values.Any(value => value is { Key: "error", Value: { } error }
            && error.ToString() is "PROTOCOL_ERROR" or "FLOW_CONTROL_ERROR" or "FRAME_SIZE_ERROR"
                or "COMPRESSION_ERROR" or "ENHANCE_YOUR_CALM");

    // The exception of a bad HTTP/1 request was thrown, and has an event of its own. The exception of an HTTP/2 timeout
    // is only logged.
    private static bool IsOfHttp2(Exception? exception) => exception is BadHttpRequestException { StackTrace: null };

    // The rejecter depends on the log, so it is resolved after the log is created.
    private void Note(Rejection rejection, LogLevel? level = null) =>
        (_rejecter ??= services.GetRequiredService<Rejecter>()).Note(Rejecter.NoCluster, rejection, level: level);
}
