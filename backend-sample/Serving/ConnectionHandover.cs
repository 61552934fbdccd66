using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace WsBalancer.BackendSample.Serving;

/// <summary>Serves an upgraded connection outside the HTTP request that upgraded it.</summary>
/// <remarks>
/// Kestrel keeps about 8 KB for a request while it lasts, and a WebSocket lasts for hours. So the request ends after
/// the 101 response and releases its memory; the connection below it stays open, with its pipes.
/// </remarks>
internal sealed class ConnectionHandover
{
    private Func<ConnectionContext, Task>? _serve;

    /// <summary>
    /// Lets requests over HTTP/1.1 hand over their connection: each request finds this type in its features.
    /// </summary>
    public static void Use(ListenOptions listen) => listen.Use(next => connection => RunAsync(connection, next));

    /// <summary>Sets the function that serves the connection after the end of the request.</summary>
    public void Begin(Func<ConnectionContext, Task> serve) => _serve = serve;

    private static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await AnswerAsync(connection, next) is { } serve)
        {
            await serve(connection);
        }
    }

    private static async Task<Func<ConnectionContext, Task>?> AnswerAsync(
        ConnectionContext connection, ConnectionDelegate next)
    {
        var handover = new ConnectionHandover();
        connection.Features.Set(handover);
        var heartbeat = Heartbeat.Replace(connection);
        await next(connection);
        connection.Features.Set<ConnectionHandover>(null);
        heartbeat?.Detach();
        return handover._serve;
    }

    /// <summary>
    /// Replaces Kestrel's heartbeat, which checks the timeouts of HTTP. Kestrel's list of callbacks references the last
    /// request of the connection until the connection is closed.
    /// </summary>
    private sealed class Heartbeat(IConnectionHeartbeatFeature all) : IConnectionHeartbeatFeature
    {
        private Action? _beat;

        public static Heartbeat? Replace(ConnectionContext connection)
        {
            if (connection.Features.Get<IConnectionHeartbeatFeature>() is not { } all)
            {
                return null;
            }

            var heartbeat = new Heartbeat(all);
            connection.Features.Set<IConnectionHeartbeatFeature>(heartbeat);
            return heartbeat;
        }

        public void OnHeartbeat(Action<object> action, object state)
        {
            if (_beat is null)
            {
                all.OnHeartbeat(static heartbeat => ((Heartbeat)heartbeat)._beat?.Invoke(), this);
            }

            _beat += () => action(state);
        }

        public void Detach() => _beat = null;
    }
}
