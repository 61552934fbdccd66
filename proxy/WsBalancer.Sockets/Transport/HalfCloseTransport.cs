using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// The platform's sockets, but with connections that do not end at a client's FIN (<see cref="HalfCloseWatch"/>).
/// </summary>
internal sealed class HalfCloseTransport(
    SocketTransportFactory inner, TimeProvider time, ILogger<HalfCloseTransport> logger)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>
    /// Replaces the registration of the platform's sockets, on Linux only: other systems do not distinguish FIN from
    /// reset.
    /// </summary>
    public static void Register(IServiceCollection services)
    {
        for (var i = 0; i < services.Count && OperatingSystem.IsLinux(); i++)
        {
            if (services[i].ServiceType == typeof(IConnectionListenerFactory)
                && services[i].ImplementationType == typeof(SocketTransportFactory))
            {
                services[i] = ServiceDescriptor.Singleton<IConnectionListenerFactory, HalfCloseTransport>(
                    static provider => new HalfCloseTransport(
                        ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider),
                        provider.GetRequiredService<TimeProvider>(),
                        provider.GetRequiredService<ILogger<HalfCloseTransport>>()));
            }
        }
    }

    public bool CanBind(EndPoint endpoint) => inner.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken), time, logger);

    private sealed class Listener(IConnectionListener inner, TimeProvider time, ILogger logger)
        : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            var connection = await inner.AcceptAsync(cancellationToken);
            if (connection is not null)
            {
                HalfCloseWatch.Begin(connection, time, logger);
            }

            return connection;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
            inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
