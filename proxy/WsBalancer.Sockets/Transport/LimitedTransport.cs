using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.Engines;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// Limits any transport of the server except the event loops, which apply the same limits themselves: a connection
/// above <see cref="ConnectionLimits"/> is answered with 503 and closed before the server serves it.
/// </summary>
/// <remarks>
/// The platform's accept loop retries without a pause when there is no descriptor. The descriptors that connections
/// leave to the rest of the process prevent this.
/// </remarks>
internal sealed class LimitedTransport(
    IConnectionListenerFactory inner, ConnectionLimits limits, ILogger<LimitedTransport> logger)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>The transport that is limited.</summary>
    public IConnectionListenerFactory Inner => inner;

    /// <summary>
    /// Limits the registered transports, and the platform's sockets if the server is registered later. Needs
    /// <see cref="LoopOptions"/>.
    /// </summary>
    public static void Register(IServiceCollection services)
    {
        services.TryAddSingleton<DescriptorShortage>();
        services.TryAddSingleton(static provider => new FirstByteTimeouts(
            provider.GetRequiredService<LoopOptions>().FirstByteTimeout,
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider =>
        {
            var firstBytes = provider.GetRequiredService<FirstByteTimeouts>();
            return new ConnectionLimits(
                DescriptorLimit.KeptByAccepted, provider.GetRequiredService<DescriptorShortage>(), firstBytes);
        });
        services.TryAddSingleton<IConnectionListenerFactory, SocketTransportFactory>();
        HalfCloseTransport.Register(services);
        Limit(services);
    }

    /// <summary>Limits the registered transports.</summary>
    public static void Limit(IServiceCollection services)
    {
        for (var i = 0; i < services.Count; i++)
        {
            if (IsUnlimited(services[i]))
            {
                var transport = services[i];
                services[i] = ServiceDescriptor.Singleton<IConnectionListenerFactory, LimitedTransport>(
                    provider => new LimitedTransport(
                        Create(transport, provider),
                        provider.GetRequiredService<ConnectionLimits>(),
                        provider.GetRequiredService<ILogger<LimitedTransport>>()));
            }
        }
    }

    /// <summary>Whether a service is a transport without limits.</summary>
    public static bool IsUnlimited(ServiceDescriptor service) =>
        service is { IsKeyedService: false }
        && service.ServiceType == typeof(IConnectionListenerFactory)
        && service.ImplementationFactory is not (
            Func<IServiceProvider, LimitedTransport> or Func<IServiceProvider, LoopTransport>);

    public bool CanBind(EndPoint endpoint) =>
        inner is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken), limits, logger);

    private static IConnectionListenerFactory Create(ServiceDescriptor service, IServiceProvider provider) =>
        (IConnectionListenerFactory)(service switch
        {
            { ImplementationInstance: { } instance } => instance,
            { ImplementationFactory: { } factory } => factory(provider),
            { ImplementationType: { } type } => ActivatorUtilities.CreateInstance(provider, type),
            _ => throw new InvalidOperationException("The transport is registered without an implementation."),
        });

    private sealed class Listener(IConnectionListener inner, ConnectionLimits limits, ILogger logger)
        : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                if (limits.TryAccept(connection, out var accepted, out var refusal))
                {
                    return accepted;
                }

                await RefuseAsync(connection, refusal);
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
            inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        // The next connection is accepted only when the descriptor of the refused one is free again.
        private async ValueTask RefuseAsync(ConnectionContext connection, byte[] answer)
        {
            try
            {
                if (OperatingSystem.IsLinux()
                    && connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
                {
                    Answer(socket.SafeHandle, answer);
                }
                else
                {
                    await connection.Transport.Output.WriteAsync(answer);
                }
            }
            catch (Exception ex) when (ex is IOException or ObjectDisposedException)
            {
                TransportLog.NotTaken(logger, ex.Message);
            }

            await connection.DisposeAsync();
        }

        private static void Answer(SafeSocketHandle socket, byte[] answer)
        {
            var isHeld = false;
            try
            {
                socket.DangerousAddRef(ref isHeld);
                DescriptorReserve.Answer(Kernel.Linux, (int)socket.DangerousGetHandle(), answer);
            }
            finally
            {
                if (isHeld)
                {
                    socket.DangerousRelease();
                }
            }
        }
    }
}
