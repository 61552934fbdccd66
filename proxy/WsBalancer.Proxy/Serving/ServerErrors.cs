using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Serving;

/// <summary>
/// Counts what the server turns away without an HTTP answer: errors of HTTP/2, failed handshakes of TLS, connections
/// beyond a limit. The server has no other event for these than lines of its own log, most of them at Debug, which this
/// provider reads whatever the levels of the log are.
/// </summary>
internal sealed class ServerErrors(IServiceProvider services) : ILoggerProvider, ILogger
{
    private const string Server = "Microsoft.AspNetCore.Server.Kestrel.";

    private static readonly string[] Categories =
        [Server + "BadRequests", Server + "Connections", Server + "Http2", Server + "Https"];

    private Rejecter? _rejecter;

    /// <summary>Opens the categories for this provider, and no other category.</summary>
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

    // A stream is also reset for an error of the application's, and when its request was cancelled.
    private static bool IsClients<TState>(TState state) =>
        state is IReadOnlyList<KeyValuePair<string, object?>> values
        && values.Any(value => value is { Key: "error", Value: { } error }
            && error.ToString() is "PROTOCOL_ERROR" or "FLOW_CONTROL_ERROR" or "FRAME_SIZE_ERROR"
                or "COMPRESSION_ERROR" or "ENHANCE_YOUR_CALM");

    // Those of HTTP/1 have an event of their own, and were thrown. A timeout of HTTP/2 ends the connection at once; its
    // exception is only logged.
    private static bool IsOfHttp2(Exception? exception) => exception is BadHttpRequestException { StackTrace: null };

    // The log is needed to create the rejecter, so it cannot be asked for when the log is created.
    private void Note(Rejection rejection, LogLevel? level = null) =>
        (_rejecter ??= services.GetRequiredService<Rejecter>()).Note(Rejecter.NoCluster, rejection, level: level);
}
